"""The adapters that ship with the library, each looked at from behind, through its host."""
