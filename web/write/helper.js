// Every second try of a line, on another core: a worker of the worker.

import { toolsOf, tryOnce } from "../src/pages.js";

let tools = null;

onmessage = ({ data }) => {
  if (data.what === "use") tools = toolsOf(data);
  else postMessage({ id: data.id, found: tryOnce(tools, data.request) });
};
