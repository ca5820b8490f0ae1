// The page: starts what follows the daemon, and puts the parts in their places.

import "./style/colours.css";
import "./style/base.css";
import "./style/parts.css";
import { effect } from "@preact/signals";
import { render } from "preact";
import { ProcessesPage } from "./pages/processes.js";
import { TreePage } from "./pages/tree.js";
import { Detail } from "./parts/detail.js";
import { EventStrip } from "./parts/event_strip.js";
import { Header } from "./parts/header.js";
import { StatusLine } from "./parts/status_line.js";
import { connect } from "./state/live.js";
import { node, nodeName, nodeReady, nodesError, watchNodes } from "./state/nodes.js";
import { watchProcess } from "./state/process.js";
import { route } from "./state/route.js";
import { watchTrees } from "./state/trees.js";

function App() {
  return (
    <div class={`app ${nodesError.value !== null || (node.value !== null && !nodeReady.value) ? "stale" : ""}`}>
      <Header />
      <StatusLine />
      {route.value.page === "tree" ? <TreePage /> : <ProcessesPage />}
      <Detail />
      <EventStrip />
    </div>
  );
}

watchNodes();
watchTrees();
watchProcess();
connect();

effect(() => {
  const page = route.value.page === "tree" ? "tree" : "processes";
  document.title = nodeName.value === null ? "Whitebeam" : `${nodeName.value} ${page} – Whitebeam`;
});

render(<App />, document.body);
