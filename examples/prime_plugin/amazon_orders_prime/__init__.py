"""An example of a plugin: it refines two rules and listens to one event."""
