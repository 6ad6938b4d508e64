// A pad on a canvas: strokes of a finger, a pen or a mouse, as points in sides of the pad.
const MOST_POINTS = 1400, MOST_STROKES = 40, CLOSE = 0.004;

export class Pad {
  constructor(canvas) {
    this.canvas = canvas;
    this.strokes = [];
    this.pen = null;
    canvas.addEventListener("pointerdown", (event) => this.begin(event));
    canvas.addEventListener("pointermove", (event) => this.move(event));
    for (const end of ["pointerup", "pointercancel"]) {
      canvas.addEventListener(end, (event) => { if (event.pointerId === this.pen) this.pen = null; });
    }
    this.paint();
  }

  place(event) {
    const box = this.canvas.getBoundingClientRect();
    const round = (value) => Math.round(value * 1e4) / 1e4;
    return [round((event.clientX - box.left) / box.width), round((event.clientY - box.top) / box.height)];
  }

  get points() {
    return this.strokes.reduce((count, stroke) => count + stroke.length, 0);
  }

  begin(event) {
    if (this.pen !== null || this.strokes.length >= MOST_STROKES || this.points >= MOST_POINTS) return;
    event.preventDefault();
    this.pen = event.pointerId;
    this.canvas.setPointerCapture(event.pointerId);
    this.strokes.push([this.place(event)]);
    this.paint();
  }

  move(event) {
    if (event.pointerId !== this.pen) return;
    const stroke = this.strokes.at(-1);
    const all = event.getCoalescedEvents ? event.getCoalescedEvents() : [];
    for (const each of all.length ? all : [event]) {
      const [x, y] = this.place(each), [a, b] = stroke.at(-1);
      if (Math.hypot(x - a, y - b) >= CLOSE && this.points < MOST_POINTS) stroke.push([x, y]);
    }
    this.paint();
  }

  clear() {
    this.strokes = [];
    this.pen = null;
    this.paint();
  }

  paint() {
    const { width, height } = this.canvas, context = this.canvas.getContext("2d");
    context.fillStyle = "#ffffff";
    context.fillRect(0, 0, width, height);
    context.strokeStyle = context.fillStyle = "#111111";
    context.lineWidth = width / 14;
    context.lineCap = context.lineJoin = "round";
    for (const stroke of this.strokes) {
      context.beginPath();
      context.moveTo(stroke[0][0] * width, stroke[0][1] * height);
      for (const [x, y] of stroke) context.lineTo(x * width, y * height);
      context.lineTo(stroke[0][0] * width + (stroke.length > 1 ? NaN : 0.01), stroke[0][1] * height);
      context.stroke();
    }
  }
}
