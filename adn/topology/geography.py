"""Distances and directions on the globe, and how much longer than the straight line a fibre is."""

from __future__ import annotations

from math import asin, atan2, cos, degrees, radians, sin, sqrt

EARTH_RADIUS_KM = 6371.0088  # mean radius, IUGG 1980


def great_circle_km(
    latitude: float, longitude: float, latitude2: float, longitude2: float
) -> float:
    """Return the shortest distance over the globe, km (haversine formula).

    >>> round(great_circle_km(40.71, -74.01, 41.85, -87.65))
    1146
    """
    phi, phi2 = radians(latitude), radians(latitude2)
    half_lat, half_lon = (phi2 - phi) / 2, radians(longitude2 - longitude) / 2
    chord = sin(half_lat) ** 2 + cos(phi) * cos(phi2) * sin(half_lon) ** 2
    return 2 * EARTH_RADIUS_KM * asin(min(1.0, sqrt(chord)))


def bearing_degrees(
    latitude: float, longitude: float, latitude2: float, longitude2: float
) -> float:
    """Return the initial bearing from the first point to the second, degrees east of north, 0..360.

    >>> bearing_degrees(0, 0, 0, 10), bearing_degrees(0, 0, -10, 0)
    (90.0, 180.0)
    """
    phi, phi2, turn = radians(latitude), radians(latitude2), radians(longitude2 - longitude)
    east = sin(turn) * cos(phi2)
    north = cos(phi) * sin(phi2) - sin(phi) * cos(phi2) * cos(turn)
    return degrees(atan2(east, north)) % 360.0


def place_beyond(
    latitude: float, longitude: float, bearing: float, distance_km: float
) -> tuple[float, float]:
    """Return latitude and longitude of the point at a bearing and a distance from another.

    The direct problem on a sphere; degrees, and km over the globe.

    >>> there = place_beyond(52.5, 13.4, 90.0, 100.0)
    >>> round(great_circle_km(52.5, 13.4, *there), 6)
    100.0
    """
    phi, turn = radians(latitude), radians(bearing)
    arc = distance_km / EARTH_RADIUS_KM
    height = sin(phi) * cos(arc) + cos(phi) * sin(arc) * cos(turn)
    phi2 = asin(max(-1.0, min(1.0, height)))
    east = sin(turn) * sin(arc) * cos(phi)
    longitude2 = radians(longitude) + atan2(east, cos(arc) - sin(phi) * sin(phi2))
    return degrees(phi2), (degrees(longitude2) + 180.0) % 360.0 - 180.0


def fibre_route_km(air_km: float) -> float:
    """Return the length of a terrestrial fibre route between points `air_km` apart.

    Source: ITU-T G.826 and Y.1541 (calculated route length): 1.5 × below 1000 km, 1500 km up to
    1200 km, 1.25 × above.

    >>> fibre_route_km(100), fibre_route_km(1100), fibre_route_km(2000)
    (150.0, 1500.0, 2500.0)
    """
    if air_km < 1000:
        return 1.5 * air_km
    return 1500.0 if air_km <= 1200 else 1.25 * air_km
