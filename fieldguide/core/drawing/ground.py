"""What it grows on: behind the foot, and a little before it."""

from __future__ import annotations

from fieldguide.core.drawing.pencil import Paper, blob, chance, darker, ellipse, lighter, line, mix, path

FLOOR = 166.0  # y where a foot stands


def draw_ground(substrate: str, paper: Paper, seed: int) -> str:
    """The mound, log or pad below a fruit body."""
    soil = paper.soil
    mound = path("M14,178 Q40,158 100,160 Q160,158 186,178 Q150,190 100,190 Q50,190 14,178Z", soil)
    if substrate == "wood":
        log = path("M12,164 Q100,156 188,164 L188,188 Q100,196 12,188Z", paper.wood, paper.ink, 2)
        grain = "".join(
            line(
                [(30 + 34 * n, 172 + 8 * chance(seed, n)), (54 + 34 * n, 171 + 8 * chance(seed, n))],
                darker(paper.wood, 0.3),
                1.4,
                0.8,
            )
            for n in range(5)
        )
        return (
            log
            + ellipse((188, 176), 6, 12.2, lighter(paper.wood, 0.35), paper.ink, 1.8)
            + ellipse((188, 176), 3, 6, "none", darker(paper.wood, 0.2), 1.2)
            + grain
        )
    if substrate == "dung":
        return mound + path(
            blob((100, 176), 62, 15, seed, 11, 0.08), darker(mix(soil, "#6b4a2a", 0.7), 0.1), paper.ink, 1.6
        )
    if substrate == "burnt_ground":
        sticks = "".join(
            line(
                [(30 + 30 * n, 182 - 8 * chance(seed, n)), (54 + 30 * n, 174 + 8 * chance(seed, n + 7))], "#2b2623", 4.2
            )
            for n in range(5)
        )
        return (
            path("M14,178 Q40,158 100,160 Q160,158 186,178 Q150,190 100,190 Q50,190 14,178Z", mix(soil, "#5a5450", 0.6))
            + sticks
        )
    if substrate == "insect":
        rings = "".join(line([(66 + 11 * n, 170), (66 + 11 * n, 184)], darker(paper.wood, 0.35), 1.5) for n in range(7))
        return (
            path("M14,178 Q40,164 100,166 Q160,164 186,178 Q150,190 100,190 Q50,190 14,178Z", soil)
            + ellipse((100, 177), 46, 9, paper.wood, paper.ink, 1.8)
            + rings
        )
    if substrate == "living_plant":
        return (
            mound
            + path("M92,190 Q96,120 120,36", "none", paper.straw, 5)
            + "".join(
                path(
                    f"M{96 + 4 * n},{150 - 30 * n} q26,-16 44,-8 q-20,12 -44,8Z",
                    paper.straw,
                    darker(paper.straw, 0.3),
                    1.2,
                )
                for n in range(3)
            )
        )
    return mound


def draw_before(substrate: str, paper: Paper, seed: int) -> str:
    """Blades, leaves, moss or crumbs before the foot."""
    straw, made = paper.straw, []
    if substrate == "grass":
        for n in range(22):
            x = 20 + 160 * (n + chance(seed, n)) / 22
            tall = 12 + 16 * chance(seed, n + 30)
            lean = 10 * (chance(seed, n + 60) - 0.5)
            made.append(
                path(
                    f"M{x:.1f},186 q{lean / 3:.1f},{-tall * 0.6:.1f} {lean:.1f},{-tall:.1f}",
                    "none",
                    mix(straw, "#6f6a3a", 0.4 * chance(seed, n + 90)),
                    1.9,
                )
            )
    elif substrate == "litter":
        for n in range(7):
            x, y = 26 + 24 * n + 6 * chance(seed, n), 180 + 7 * chance(seed, n + 5)
            tone = mix("#b0743a", "#8a5a34", chance(seed, n + 9))
            made.append(
                path(f"M{x - 11:.1f},{y:.1f} q10,-9 22,-1 q-11,9 -22,1Z", tone, paper.ink, 1.0)
                + line([(x - 9, y), (x + 10, y - 1)], darker(tone, 0.35), 0.9)
            )
    elif substrate == "moss":
        for n in range(13):
            made.append(
                path(
                    blob((20 + 13.4 * n, 183 + 3 * chance(seed, n)), 9, 6, seed + n, 8, 0.15),
                    mix(straw, "#6c6b3c", 0.45 + 0.3 * chance(seed, n)),
                    darker(straw, 0.4),
                    0.9,
                )
            )
    elif substrate == "soil":
        for n in range(9):
            made.append(
                ellipse(
                    (30 + 17 * n, 181 + 5 * chance(seed, n)),
                    2.2 + 2 * chance(seed, n + 3),
                    1.6,
                    darker(paper.soil, 0.22),
                )
            )
    elif substrate == "other_fungus":
        made.append(path(blob((100, 180), 40, 10, seed, 9, 0.12), "#6e5a4a", paper.ink, 1.6))
    return "".join(made)
