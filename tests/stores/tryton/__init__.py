"""A real Tryton: in this process and behind XML-RPC."""
