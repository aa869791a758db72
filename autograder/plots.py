"""How figures look in the course: one style, one colour for each update rule, and small animations."""

from io import BytesIO

import matplotlib.pyplot as plt
import numpy as np
from IPython.display import Image as DisplayedImage
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import PowerNorm
from PIL import Image

# The palette of Okabe and Ito (2008): told apart by colour-blind readers too.
BLACK, ORANGE, SKY, GREEN = "#000000", "#E69F00", "#56B4E9", "#009E73"
YELLOW, BLUE, VERMILION, PURPLE = "#F0E442", "#0072B2", "#D55E00", "#CC79A7"
GREY, WHITE = "#888888", "#FFFFFF"
HOUSE_COLORS = (BLACK, ORANGE, SKY, GREEN, YELLOW, BLUE, VERMILION, PURPLE, GREY, WHITE)

RULE_STYLE = {  # the same colour, marker and name in every figure
    "sgd": {"color": BLACK, "marker": "o", "label": "SGD"},
    "momentum": {"color": ORANGE, "marker": "s", "label": "momentum"},
    "nesterov": {"color": GREEN, "marker": "D", "label": "Nesterov"},
    "adagrad": {"color": PURPLE, "marker": "v", "label": "AdaGrad"},
    "rmsprop": {"color": SKY, "marker": "^", "label": "RMSProp"},
    "adam": {"color": VERMILION, "marker": "P", "label": "Adam"},
    "adamw": {"color": BLUE, "marker": "X", "label": "AdamW"},
}


def use_style():
    """Set the house style for all figures from here on."""
    plt.rcdefaults()
    plt.rcParams.update(
        {
            "figure.figsize": (8, 3.6),
            "figure.dpi": 90,
            "figure.constrained_layout.use": True,
            "font.size": 10,
            "axes.titlesize": 11,
            "axes.titlelocation": "left",
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.grid": True,
            "axes.axisbelow": True,
            "axes.prop_cycle": plt.cycler(color=[BLUE, VERMILION, GREEN, ORANGE, PURPLE, SKY, BLACK]),
            "grid.color": "#E6E6E6",
            "grid.linewidth": 0.7,
            "lines.linewidth": 1.8,
            "lines.markersize": 5,
            "legend.frameon": False,
            "svg.hashsalt": "gradus",
        }
    )


def style(rule):
    """Keyword arguments for `plot` that draw `rule`, a function or its name, as in every other figure."""
    return dict(RULE_STYLE[rule if isinstance(rule, str) else rule.__name__])


def contours(ax, f, xlim, ylim, *, levels=16, points=160):
    """Paint the landscape f(x, y) as pale filled contours; light is low.

    xlim, ylim: (low, high). levels: number of levels, closer together near the lowest point.
    """
    x, y = np.meshgrid(np.linspace(*xlim, points), np.linspace(*ylim, points))
    z = f(x, y)
    heights = z.min() + np.ptp(z) * np.linspace(0, 1, levels + 1) ** 3
    ax.contourf(x, y, z, heights, cmap="Greys", norm=PowerNorm(0.5, z.min(), z.min() + 12 * np.ptp(z)))
    ax.contour(x, y, z, heights, colors="#B8B8B8", linewidths=0.7, linestyles="solid")
    ax.set(xlim=xlim, ylim=ylim)
    ax.grid(False)


def mark(ax, start=None, minimum=None):
    """A ring at the start, a star at the minimum; each is (x, y) or None."""
    if start is not None:
        ax.plot(*start, "o", ms=9, mfc="white", mec=BLACK, mew=1.4, zorder=5)
    if minimum is not None:
        ax.plot(*minimum, "*", ms=14, mfc=YELLOW, mec=BLACK, mew=0.9, zorder=5)


def animate(figure, draw_frame, frames, *, seconds=8.0, hold=1.5, colors=96, alt=""):
    """An endless GIF of `figure` as an image that a notebook shows; closes the figure.

    draw_frame(i): moves the artists to frame i and returns them; all else in the figure stands still.
    frames: number of frames. seconds: length of one round; the last frame stands for `hold` more seconds.
    colors: size of the ONE palette that all frames share, 16 to 255: it keeps the file small and calm.
    alt: what the animation shows, in words.
    """
    canvas = FigureCanvasAgg(figure)
    for artist in draw_frame(0):
        artist.set_animated(True)
    canvas.draw()
    still = canvas.copy_from_bbox(figure.bbox)
    figure.set_layout_engine("none")  # laid out once, so that nothing shifts
    images = []
    for i in range(frames):
        canvas.restore_region(still)
        for artist in draw_frame(i):
            figure.draw_artist(artist)
        images.append(Image.fromarray(np.asarray(canvas.buffer_rgba())[..., :3].copy()))
    plt.close(figure)
    width, height = images[0].size
    sample = Image.new("RGB", (width, 2 * height))
    sample.paste(images[frames // 3], (0, 0))
    sample.paste(images[-1], (0, height))
    house = b"".join(bytes.fromhex(color[1:]) for color in HOUSE_COLORS)  # never mixed with their neighbours
    sample = sample.quantize(colors - len(HOUSE_COLORS), dither=Image.Dither.NONE)
    palette = Image.new("P", (1, 1))
    palette.putpalette(house + bytes(sample.getpalette()))
    images = [image.quantize(palette=palette, dither=Image.Dither.NONE) for image in images]
    pause = round(1000 * seconds / frames)
    file = BytesIO()
    images[0].save(
        file,
        "GIF",
        save_all=True,
        append_images=images[1:],
        loop=0,
        optimize=True,
        duration=[pause] * (frames - 1) + [pause + round(1000 * hold)],
    )
    return DisplayedImage(data=file.getvalue(), format="gif", alt=alt)
