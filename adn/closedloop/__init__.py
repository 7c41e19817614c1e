"""The operations side: beliefs, incidents, plans; it never imports the world."""
