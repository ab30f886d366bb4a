// A line of handwriting as rows [dx, dy, end_of_stroke], y up, and its geometry.
// Row 0 is the first point; end_of_stroke is 1 if the pen lifts after the point.

// Pen positions [x, y]: the running sum of the offsets.
export function positions(strokes) {
  let x = 0;
  let y = 0;
  return strokes.map(([dx, dy]) => [(x += dx), (y += dy)]);
}

// The pen-down polylines of a line.
export function toPen(strokes) {
  const pen = [];
  let stroke = [];
  positions(strokes).forEach((point, t) => {
    stroke.push(point);
    if (strokes[t][2] > 0.5) {
      pen.push(stroke);
      stroke = [];
    }
  });
  return stroke.length ? [...pen, stroke] : pen;
}

// Strokes of pen-down polylines: the inverse of toPen, up to where a line starts.
export function fromPen(pen) {
  const rows = [];
  let last = pen[0][0];
  for (const stroke of pen) {
    stroke.forEach((point, k) => {
      const end = k === stroke.length - 1 ? 1 : 0;
      rows.push([Math.fround(point[0] - last[0]), Math.fround(point[1] - last[1]), end]);
      last = point;
    });
  }
  return rows;
}

export function distance([x1, y1], [x2, y2]) {
  return Math.hypot(x2 - x1, y2 - y1);
}

// The length of all pen-down polylines together.
export function inkLength(pen) {
  let length = 0;
  for (const stroke of pen) {
    for (let k = 1; k < stroke.length; k++) length += distance(stroke[k - 1], stroke[k]);
  }
  return length;
}

// The mean height of all ink.
export function inkMiddle(pen) {
  let ink = 0;
  let sum = 0;
  for (const stroke of pen) {
    for (let k = 1; k < stroke.length; k++) {
      const length = distance(stroke[k - 1], stroke[k]);
      ink += length;
      sum += (length * (stroke[k - 1][1] + stroke[k][1])) / 2;
    }
  }
  if (ink) return sum / ink;
  const points = pen.flat();
  return points.reduce((total, [, y]) => total + y, 0) / points.length;
}

// The smallest and largest x and y of points.
export function bounds(points) {
  const low = [Infinity, Infinity];
  const high = [-Infinity, -Infinity];
  for (const point of points) {
    for (const axis of [0, 1]) {
      low[axis] = Math.min(low[axis], point[axis]);
      high[axis] = Math.max(high[axis], point[axis]);
    }
  }
  return [low, high];
}

// Cubic Bezier curves that join points smoothly (Catmull and Rom 1974): 3N + 1 control points.
export function bezier(stroke) {
  const around = [stroke[0], ...stroke, stroke[stroke.length - 1]];
  const points = [];
  stroke.forEach(([x, y], k) => {
    const dx = (around[k + 2][0] - around[k][0]) / 6;
    const dy = (around[k + 2][1] - around[k][1]) / 6;
    points.push([x - dx, y - dy], [x, y], [x + dx, y + dy]);
  });
  return points.slice(1, -1);
}
