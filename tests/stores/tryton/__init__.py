"""A real Tryton: in this process and behind XML-RPC."""

IN_PROCESS = "Tryton 8.2, proteus"
REMOTE = "Tryton 8.2, XML-RPC"
"""As the table of hosts has them."""
