"""Make the contact sheets: letters.png, textures.png and the like. Run `python datasets/sheet.py`."""

from pathlib import Path
from string import ascii_uppercase, digits

import matplotlib
import numpy as np
from capstone import LETTERS
from PIL import Image, ImageDraw, ImageFont
from textures import KINDS

HERE = Path(__file__).parent
FONT = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"
SCALE = 2
GAP = 4
LINE = 24


def contact_sheet(name, labels, *, each, blocks=1):
    """A picture of the first `each` training images of every class, a row a class, in `blocks` side by side.

    labels: the names of the classes, written at the left of the rows.
    """
    with np.load(HERE / f"{name}.npz") as data:
        X, y = data["X_train"], data["y_train"]
    font = ImageFont.truetype(str(FONT), 13)
    margin = GAP * 2 + round(max(map(font.getlength, labels)))
    side, per_block = X.shape[2] * SCALE, -(-len(labels) // blocks)
    width = margin + each * side + GAP
    sheet = Image.new("RGB", (blocks * width, LINE + per_block * (side + GAP)), "white")
    draw = ImageDraw.Draw(sheet)
    draw.text((GAP, LINE // 2), f"{name}: the first training images", fill="black", font=font, anchor="lm")
    for label, text in enumerate(labels):
        left, top = label // per_block * width, LINE + label % per_block * (side + GAP)
        draw.text((left + margin - GAP, top + side // 2), text, fill="black", font=font, anchor="rm")
        row = np.concatenate(X[y == label][:each], axis=2).transpose(1, 2, 0)
        sheet.paste(Image.fromarray(row.repeat(SCALE, axis=0).repeat(SCALE, axis=1)), (left + margin, top))
    return sheet.quantize(256, dither=Image.Dither.NONE)


if __name__ == "__main__":
    sheets = {
        "letters": contact_sheet("letters", ascii_uppercase, each=10, blocks=2),
        "digits_on_photos": contact_sheet("digits_on_photos", digits, each=20),
        "textures": contact_sheet("textures", KINDS, each=20),
        "capstone": contact_sheet("capstone", LETTERS, each=10, blocks=2),
    }
    for name, sheet in sheets.items():
        sheet.save(HERE / f"{name}.png", optimize=True)
