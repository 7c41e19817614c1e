"""ADN: an autonomous driving network digital-twin emulator."""
