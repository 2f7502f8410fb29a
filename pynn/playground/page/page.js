// Starts the page in a browser, on the server that sent it.

import { serverModel } from "./host.js";
import { render } from "./main.js";

render({ model: serverModel(), el: document.getElementById("pynn") });
