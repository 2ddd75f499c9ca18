"""A real django-oscar shop, in this process."""
