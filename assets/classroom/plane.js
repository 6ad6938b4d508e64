// The plane of two features on a canvas: axes, the points of the classes, the place that was
// touched, and where the answer is. Places are shares of the plane, from 0 to 1, y up.
const LEFT = 96, RIGHT = 16, TOP = 16, BOTTOM = 84, TICKS = 5, DOT = 7, INK = "#1b1f24", LINE = "#c8ccd2";
const SHAPES = [circle, square, triangle, diamond];
export const SIGNS = "●■▲◆"; // the same shapes, in words

function circle(context, x, y) { context.arc(x, y, DOT, 0, 7); }
function square(context, x, y) { context.rect(x - DOT, y - DOT, 2 * DOT, 2 * DOT); }
function triangle(context, x, y) { polygon(context, [[x, y - DOT - 1], [x + DOT + 1, y + DOT], [x - DOT - 1, y + DOT]]); }
function diamond(context, x, y) { polygon(context, [[x, y - DOT - 3], [x + DOT, y], [x, y + DOT + 3], [x - DOT, y]]); }
function polygon(context, corners) {
  corners.forEach(([x, y], number) => (number ? context.lineTo(x, y) : context.moveTo(x, y)));
  context.closePath();
}

export function ticks(low, high) {
  const power = 10 ** Math.floor(Math.log10((high - low) / TICKS));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((each) => (high - low) / each <= TICKS);
  const found = [];
  for (let k = Math.ceil(low / step); k * step <= high; k++) found.push(k * step);
  const decimals = Math.min(8, Math.max(0, -Math.floor(Math.log10(step) + 1e-9)));
  const lang = document.documentElement.lang;
  const form = { minimumFractionDigits: decimals, maximumFractionDigits: decimals, useGrouping: false };
  return found.map((value) => [value, value.toLocaleString(lang, form).replace(/^-/, "−")]);
}

export class PlaneMap {
  constructor(canvas, touched) {
    this.canvas = canvas;
    this.touched = touched;
    this.plane = null;
    canvas.addEventListener("pointerdown", (event) => this.touch(event));
    canvas.addEventListener("keydown", (event) => this.type(event));
  }

  show(plane) {
    this.plane = plane;
    this.spot = null;
    this.truth = [];
    this.paint();
  }

  reveal(lines) {
    this.truth = lines;
    this.paint();
  }

  get sides() {
    const { width, height } = this.canvas;
    return [width - LEFT - RIGHT, height - TOP - BOTTOM];
  }

  pixel([x, y]) {
    const [width, height] = this.sides;
    return [LEFT + x * width, TOP + (1 - y) * height];
  }

  touch(event) {
    if (!this.plane) return;
    event.preventDefault();
    const box = this.canvas.getBoundingClientRect(), [width, height] = this.sides;
    const x = ((event.clientX - box.left) / box.width * this.canvas.width - LEFT) / width;
    const y = 1 - ((event.clientY - box.top) / box.height * this.canvas.height - TOP) / height;
    this.choose(x, y);
    this.touched(...this.spot);
  }

  type(event) {
    const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    if (!this.plane || (!by && event.key !== "Enter")) return;
    event.preventDefault();
    const [x, y] = this.spot ?? [0.5, 0.5];
    if (by) this.choose(x + by[0] / 50, y + by[1] / 50);
    else if (this.spot) this.touched(...this.spot);
  }

  choose(x, y) {
    this.spot = [x, y].map((share) => Math.min(1, Math.max(0, share)));
    this.paint();
  }

  paint() {
    const { canvas, plane } = this, context = canvas.getContext("2d"), [width, height] = this.sides;
    context.fillStyle = "#ffffff";
    context.fillRect(0, 0, canvas.width, canvas.height);
    this.axes(context, width, height);
    for (const [x, y, label] of plane.points) {
      context.fillStyle = plane.colours[label];
      context.beginPath();
      SHAPES[label % SHAPES.length](context, ...this.pixel([x, y]));
      context.fill();
    }
    context.lineWidth = 6;
    context.strokeStyle = "#1763A6";
    for (const line of this.truth) {
      context.beginPath();
      if (line.length === 1) context.arc(...this.pixel(line[0]), 24, 0, 7);
      line.forEach((place, number) => (number ? context.lineTo(...this.pixel(place)) : context.moveTo(...this.pixel(place))));
      context.stroke();
    }
    if (this.spot) this.cross(context);
  }

  axes(context, width, height) {
    const { names, low, high } = this.plane;
    context.strokeStyle = LINE;
    context.fillStyle = INK;
    context.lineWidth = 2;
    context.font = "26px system-ui, sans-serif";
    context.textAlign = "center";
    for (const [value, text] of ticks(low[0], high[0])) {
      const [x] = this.pixel([(value - low[0]) / (high[0] - low[0]), 0]);
      context.strokeRect(x, TOP, 0, height);
      context.fillText(text, x, TOP + height + 32);
    }
    context.fillText(names[0], LEFT + width / 2, TOP + height + 70, width);
    context.textAlign = "right";
    for (const [value, text] of ticks(low[1], high[1])) {
      const [, y] = this.pixel([0, (value - low[1]) / (high[1] - low[1])]);
      context.strokeRect(LEFT, y, width, 0);
      context.fillText(text, LEFT - 8, y + 9, LEFT - 44);
    }
    context.strokeRect(LEFT, TOP, width, height);
    context.save();
    context.textAlign = "center";
    context.translate(28, TOP + height / 2);
    context.rotate(-Math.PI / 2);
    context.fillText(names[1], 0, 0, height);
    context.restore();
  }

  cross(context) {
    const [x, y] = this.pixel(this.spot);
    for (const [colour, wide] of [["#ffffff", 14], ["#111111", 6]]) {
      context.strokeStyle = colour;
      context.lineWidth = wide;
      context.beginPath();
      for (const turn of [1, -1]) {
        context.moveTo(x - 16, y - 16 * turn);
        context.lineTo(x + 16, y + 16 * turn);
      }
      context.stroke();
    }
  }
}
