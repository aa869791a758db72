"""Glyphs of Matplotlib's fonts as small images, from their outlines: no text renderer takes part."""

from functools import cache
from pathlib import Path

import matplotlib
import numpy as np
from fontTools.pens.basePen import BasePen
from fontTools.ttLib import TTFont

FINE = 4  # each pixel is looked at in 4x4 points
CURVE = np.arange(1, 9)[:, None] / 8  # a curve becomes 8 straight pieces


class Contours(BasePen):
    """Collects a glyph's contours as polygons: lists of points in font units."""

    def __init__(self, glyphs):
        super().__init__(glyphs)
        self.polygons = []

    def _moveTo(self, point):
        self.polygons.append([point])

    def _lineTo(self, point):
        self.polygons[-1].append(point)

    def _curveToOne(self, first, second, end):
        a, b, c, d = np.array([self._getCurrentPoint(), first, second, end], dtype=float)
        t, u = CURVE, 1 - CURVE
        self.polygons[-1] += [*(u**3 * a + 3 * u**2 * t * b + 3 * u * t**2 * c + t**3 * d)]


@cache
def font(face):
    """The font in Matplotlib's file `face`.ttf."""
    return TTFont(Path(matplotlib.get_data_path()) / "fonts" / "ttf" / f"{face}.ttf")


@cache
def edges(face, character):
    """The outline of a character, centred, its longer side 1: edges (E, 2, 2), from point to point, (x, y), y up."""
    glyphs = font(face).getGlyphSet()
    pen = Contours(glyphs)
    glyphs[font(face).getBestCmap()[ord(character)]].draw(pen)
    polygons = [np.array(polygon, dtype=float) for polygon in pen.polygons]
    low, high = (end(np.concatenate(polygons), axis=0) for end in (np.min, np.max))
    closed = [np.stack([polygon, np.roll(polygon, -1, axis=0)], axis=1) for polygon in polygons]
    return (np.concatenate(closed) - (low + high) / 2) / (high - low).max()


def deform(rng, *, height, turn, shear, stretch):
    """A random linear map (2, 2): a stretch, a shear, a turn, and a size in pixels, each drawn uniformly.

    height: (low, high) in pixels; turn: up to so many radians either way; shear: up to so much; stretch: of the width,
    from 1 - stretch to 1 + stretch.
    """
    angle = rng.uniform(-turn, turn)
    rotation = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    shearing = np.array([[rng.uniform(1 - stretch, 1 + stretch), rng.uniform(-shear, shear)], [0, 1]])
    return rng.uniform(*height) * rotation @ shearing


def rasterise(outline, matrix, shift, size):
    """How far each pixel is covered by the outline mapped by `matrix` and moved by `shift`: (size, size), 0 to 16.

    A point is inside where the edges to its left do not wind around it zero times.
    outline: (E, 2, 2); matrix: (2, 2) to pixels; shift: (2,) pixels from the centre, to the right and down.
    """
    points = (outline @ matrix.T * [1, -1] + np.asarray(shift) + size / 2) * FINE
    (x0, y0), (x1, y1) = points[:, 0].T, points[:, 1].T
    height = np.arange(size * FINE)[:, None] + 0.5
    row, edge = np.nonzero((height > np.minimum(y0, y1)) & (height <= np.maximum(y0, y1)))
    x0, y0, x1, y1 = x0[edge], y0[edge], x1[edge], y1[edge]
    crossing = x0 + (height[row, 0] - y0) * (x1 - x0) / (y1 - y0)
    column = np.clip(np.floor(crossing + 0.5), 0, size * FINE).astype(int)
    step = np.zeros((size * FINE, size * FINE + 1), dtype=int)
    np.add.at(step, (row, column), np.where(y1 > y0, 1, -1))
    inside = np.cumsum(step, axis=1)[:, :-1] != 0
    return inside.reshape(size, FINE, size, FINE).sum(axis=(1, 3))
