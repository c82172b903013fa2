"""The event bus: routes each event to the targets of every rule whose pattern it matches."""
