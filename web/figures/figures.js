// Start the interactive figures of the page that this is on, if it has any.

for (const element of document.querySelectorAll("[data-figure]")) {
  const { draw } = await import(`./${element.dataset.figure}.js`);
  draw(element);
}
