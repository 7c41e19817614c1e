"""Bounds of every score: nobody acts, and someone acts who knows everything."""
