"""`manage.py amazon_orders`."""
