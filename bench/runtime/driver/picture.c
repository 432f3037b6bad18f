/* docs/performance.svg: a bar for each row, ours over the best peer's. It has no background and two sets of colours,
 * so that it can be read on a light page and on a dark one. */
#include "driver.h"

enum {
    LEFT = 250,  /* the titles end here, the bars begin */
    UNIT = 240,  /* the length of a bar for "as long as the best peer" */
    MOST = 2,    /* a longer bar is cut off */
    RIGHT = 230, /* for the figures behind */
    TOP = 64,
    STEP = 26,
    BAR = 14
};

static const char style[] =
    "<style>\n"
    "text { font: 13px system-ui, sans-serif; fill: #24292f }\n"
    ".small { font-size: 11px; fill: #57606a }\n"
    ".head { font-size: 15px; font-weight: 600 }\n"
    ".met { fill: #2da44e } .near { fill: #bf8700 } .behind { fill: #cf222e }\n"
    ".one { stroke: #57606a; stroke-dasharray: 3 3 }\n"
    ".goal { stroke: #24292f; stroke-width: 2 }\n"
    "@media (prefers-color-scheme: dark) {\n"
    "  text { fill: #e6edf3 } .small { fill: #9198a1 }\n"
    "  .met { fill: #3fb950 } .near { fill: #d29922 } .behind { fill: #f85149 }\n"
    "  .one { stroke: #9198a1 } .goal { stroke: #e6edf3 }\n"
    "}\n"
    "</style>\n";

static const char *colour(const struct measured *m)
{
    double goal = m->row->goal > 0 ? m->row->goal : 1;

    return m->ratio <= goal ? "met" : m->ratio <= 1 ? "near" : "behind";
}

static void bar(FILE *out, const struct measured *m, int rounds, int y)
{
    double length = (m->ratio < MOST ? m->ratio : MOST) * UNIT;
    double goal = LEFT + m->row->goal * UNIT;

    (void)rounds;
    fprintf(out, "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>\n", LEFT - 8, y + 12, m->row->title);
    fprintf(out, "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" rx=\"2\"/>\n", colour(m), LEFT, y,
            length, BAR);
    if (m->row->goal > 0)
        fprintf(out, "<line class=\"goal\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\"/>\n", goal, goal, y - 3,
                y + BAR + 3);
    fprintf(out, "<text class=\"small\" x=\"%d\" y=\"%d\">%.2f: %s ns, %s %s ns</text>\n", LEFT + MOST * UNIT + 10, y + 11,
            m->ratio, shown(m->of[0].median), programs[m->best].title, shown(m->of[m->best].median));
}

void picture(FILE *out, const struct results *r)
{
    int width = LEFT + MOST * UNIT + RIGHT, count = 0, y = TOP;

    for (int k = 0; k < r->count; k++)
        count += r->rows[k].row->group == MAIN && r->rows[k].best;
    fprintf(out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" role=\"img\" "
            "aria-label=\"Time of Fearless over that of the best peer, for each operation\">\n%s",
            width, TOP + count * STEP + 16, width, TOP + count * STEP + 16, style);
    fputs("<text class=\"head\" x=\"12\" y=\"22\">Time of Fearless / time of the best peer: shorter is faster</text>\n", out);
    fprintf(out, "<text class=\"small\" x=\"12\" y=\"42\">medians of %d rounds; the upright mark is the goal</text>\n",
            r->rounds);
    fprintf(out, "<text class=\"small\" x=\"%d\" y=\"%d\" text-anchor=\"middle\">the best peer</text>\n", LEFT + UNIT, TOP - 10);
    fprintf(out, "<line class=\"one\" x1=\"%d\" x2=\"%d\" y1=\"%d\" y2=\"%d\"/>\n", LEFT + UNIT, LEFT + UNIT, TOP - 5,
            TOP + count * STEP);
    for (int k = 0; k < r->count; k++) {
        const struct measured *m = &r->rows[k];

        if (m->row->group != MAIN || !m->best)
            continue;
        bar(out, m, r->rounds, y);
        y += STEP;
    }
    fputs("</svg>\n", out);
}
