export { type Displayed, displayAs, displayBase, jupyterDisplay, type MimeBundle, type Views } from "./display.ts";
export { figure, figureWith, htmlTable, pre } from "./html.ts";
export { type Paint, painted } from "./paint.ts";
export { type PictureAbout, picture } from "./picture.ts";
export { show, type TslabDisplay } from "./show.ts";
export { type Attributes, element, escapeText, textElement } from "./svg.ts";
export { drawTable, type TableDrawing } from "./table-drawing.ts";
