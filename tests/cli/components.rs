//! Single-file components: `.vue` and `.svelte`.

use super::Project;

fn findings(files: &[(&str, &str)]) -> Vec<String> {
    Project::new(files).leaklint(&["--min-confidence", "low", "-f", "json"]).findings()
}

const GROWS: &str = "const seen = new Map();\nexport function note(userId) { seen.set(userId, 1); }\n";

#[test]
fn findings_stand_where_they_are_in_the_file() {
    let vue = format!(
        "\u{FEFF}<template>\n  <p>don't {{{{ a > b }}}} 日本</p>\n</template>\r\n<script lang=\"ts\">\n{GROWS}</script>\n<style>p > a {{}}</style>\n"
    );
    let svelte = format!("<h1>it's `x`</h1>\n<script context=\"module\">{GROWS}</script>");
    let found = findings(&[("a.vue", &vue), ("b.svelte", &svelte)]);
    assert_eq!(found, ["a.vue:5:7 unbounded-collection", "b.svelte:2:32 unbounded-collection"]);
}

#[test]
fn what_runs_for_each_component_is_told_from_what_runs_once() {
    let twice =
        "<script>\nconst seen = new Map();\n</script>\n<script setup>\nimport { bus } from './bus';\nseen.set(Symbol(), bus);\n</script>\n";
    assert_eq!(findings(&[("a.vue", twice)]), ["a.vue:2:7 unbounded-collection"]);
    let own = "<script setup>\nimport { bus } from './bus';\nconst seen = new Map();\nseen.set(Symbol(), bus);\n</script>\n";
    assert_eq!(findings(&[("a.vue", own)]), [""; 0]);
    let svelte = "<script module>\nconst seen = new Map();\n</script>\n<script>\nseen.set(Symbol(), 1);\n</script>\n";
    assert_eq!(findings(&[("a.svelte", svelte)]), ["a.svelte:2:7 unbounded-collection"]);
}

#[test]
fn a_function_that_the_markup_names_is_called_from_there() {
    let script = "<script>\nconst seen = new Map();\n</script>\n<script setup>\nfunction note(id) {\n  seen.set(id, 1);\n}\n</script>\n";
    let named = format!("{script}<template><p @click=\"note(1)\"/></template>");
    assert_eq!(findings(&[("a.vue", &named)]), ["a.vue:2:7 unbounded-collection"]);
}

#[test]
fn each_block_has_its_language_and_costs_itself_alone() {
    let good = format!(
        "<script lang=\"tsx\">\nconst view = <p>{{1 as number}}</p>;\n{GROWS}</script>\n<script setup lang=\"ts\">\nconst x = <any>y;\n</script>\n"
    );
    assert_eq!(findings(&[("a.vue", &good)]), ["a.vue:3:7 unbounded-collection"]);
    let broken = format!("<script setup>\nlet [ = ;\n</script>\n<script>\n{GROWS}</script>\n");
    assert_eq!(findings(&[("a.vue", &broken)]), ["a.vue:2:7 parse-error", "a.vue:5:7 unbounded-collection"]);
    let foreign = "<script lang=\"coffee\">\nx = (y) -> y\n</script>\n<script type=\"application/json\">{ a }</script>\n<template><script>let [</script></template>";
    assert_eq!(findings(&[("a.vue", foreign), ("b.vue", "<template><p/></template>"), ("c.svelte", "")]), [""; 0]);
}

#[test]
fn comments_in_scripts_silence_findings() {
    let silent = format!(
        "<script>\n// leaklint-disable-next-line unbounded-collection -- few ids\n{GROWS}</script>\n<script setup>\n// leaklint-disable-line -- nothing\nlet a;\n</script>"
    );
    assert_eq!(findings(&[("a.vue", &silent)]), ["a.vue:7:1 unused-suppression"]);
    let whole = format!("<script>\n{GROWS}</script>\n<script setup>\n// leaklint-disable-file -- few ids\nlet a;\n</script>");
    assert_eq!(findings(&[("a.vue", &whole)]), ["a.vue:2:7 unbounded-collection", "a.vue:6:1 unused-suppression"]);
    let first = format!("<script>\n// leaklint-disable-file -- few ids\n{GROWS}</script>\n<script setup>\nlet a;\n</script>");
    assert_eq!(findings(&[("a.vue", &first)]), [""; 0]);
}

#[test]
fn components_are_modules_of_the_project() {
    let manifest = ("package.json", "{\"private\": true}");
    let store = ("src/store.js", "export const rooms = new Map();\n");
    let grows = "<script setup>\nimport { rooms } from './store';\nrooms.set(Symbol(), 1);\n</script>\n";
    assert_eq!(findings(&[manifest, store, ("src/a.vue", grows)]), ["src/store.js:1:14 unbounded-collection"]);
    let shrinks = grows.replace(".set(Symbol(), 1)", ".clear()");
    assert_eq!(findings(&[manifest, store, ("src/a.vue", grows), ("src/b.svelte", &shrinks.replace(" setup", ""))]), [""; 0]);
    let holds = "<script>\nconst all = new Map();\nexport const make = (id) => { all.set(id, 1); };\n</script>\n";
    let user = ("src/user.js", "import { make } from './a';\nhttp.createServer((req) => make(req.url));\n");
    let called = Project::new(&[manifest, ("src/a.vue", holds), user]).leaklint(&["-f", "json"]);
    assert_eq!(called.findings(), ["src/a.vue:2:7 unbounded-collection"]);
}

#[test]
fn a_component_on_standard_input_and_by_name_is_linted() {
    let text = format!("<script>\n{GROWS}</script>\n");
    let project = Project::new(&[("a.vue", &text)]);
    let named = project.leaklint(&["a.vue", "-f", "json"]);
    assert_eq!(named.findings(), ["a.vue:2:7 unbounded-collection"]);
    let input = project.leaklint_on(text.as_bytes(), &["-", "--stdin-filename", "a.vue", "-f", "json"]);
    assert_eq!(input.findings(), named.findings());
}

#[test]
fn what_a_component_leaves_behind_is_found_in_its_scripts() {
    let setup = |end: &str| {
        format!(
            "<template>\n<p/>\n</template>\n<script setup lang=\"ts\">\nimport {{ onMounted, onUnmounted }} from 'vue';\nconst draw = () => {{}};\nonMounted(() => window.addEventListener('resize', draw));\n{end}\n</script>\n"
        )
    };
    assert_eq!(findings(&[("Nav.vue", &setup(""))]), ["Nav.vue:7:17 effect-no-cleanup"]);
    assert_eq!(findings(&[("Nav.vue", &setup("onUnmounted(() => window.removeEventListener('resize', draw));"))]), [""; 0]);
    let options = |hook: &str| {
        format!(
            "<script>\nexport default {{\n  mounted() {{ this.timer = setInterval(this.tick, 1000); }},\n  {hook}() {{ clearInterval(this.timer); }},\n  methods: {{ tick() {{}} }},\n}};\n</script>\n"
        )
    };
    assert_eq!(findings(&[("Clock.vue", &options("beforeUnmount"))]), [""; 0]);
    let dropped = options("beforeUnmount").replace("this.timer = ", "");
    assert_eq!(findings(&[("Clock.vue", &dropped)]), ["Clock.vue:3:15 effect-no-cleanup"]);
    let svelte = |end: &str| {
        format!(
            "<script>\n  import {{ onDestroy }} from 'svelte';\n  let width;\n  const measure = () => (width = window.innerWidth);\n  window.addEventListener('resize', measure);\n  {end}\n</script>\n"
        )
    };
    assert_eq!(findings(&[("Bar.svelte", &svelte(""))]), ["Bar.svelte:5:3 effect-no-cleanup"]);
    assert_eq!(findings(&[("Bar.svelte", &svelte("onDestroy(() => window.removeEventListener('resize', measure));"))]), [""; 0]);
}

#[test]
fn what_to_do_is_told_as_it_would_be_written() {
    let stream = "import { useEffect } from 'react';\nexport function Camera({ video }) {\n  useEffect(() => {\n    navigator.mediaDevices.getUserMedia({ video: true }).then((stream) => { video.current.srcObject = stream; });\n  }, []);\n  return <video ref={video} />;\n}\n";
    let shared = "import { useEffect } from 'react';\nexport function Chat() {\n  useEffect(() => {\n    const worker = new SharedWorker('./chat.js');\n    worker.port.postMessage('hello');\n  }, []);\n  return <p />;\n}\n";
    let ended = Project::new(&[("camera.jsx", stream), ("chat.jsx", shared)]).leaklint(&["-f", "json"]);
    assert_eq!(ended.findings(), ["camera.jsx:4:5 effect-no-cleanup", "chat.jsx:4:20 effect-no-cleanup"]);
    for release in ["srcObject.getTracks().forEach((track) => track.stop())", "worker.port.close()"] {
        assert!(ended.out.contains(release), "{release}: {}", ended.out);
    }
}

#[test]
fn each_framework_is_told_by_its_own_end() {
    let listens = "window.addEventListener('resize', () => fit(el));";
    let cases = [
        (format!("$.widget('a.b', {{ _create: function () {{ {listens} }} }});"), "`_destroy`"),
        (
            format!("app.directive('glue', function () {{ return {{ link: function (scope, el) {{ {listens} }} }}; }});"),
            "`scope.$on('$destroy', …)`",
        ),
        (format!("export default {{ directives: {{ fit: {{ inserted(el) {{ {listens} }} }} }} }};"), "`unmounted`"),
        (format!("export default class {{ hostConnected() {{ {listens} }} hostDisconnected() {{}} }}"), "`hostDisconnected`"),
        (
            format!("class Clock extends HTMLElement {{ connectedCallback() {{ {listens} }} }}\nexport {{ Clock }};"),
            "`disconnectedCallback`",
        ),
    ];
    for (text, end) in cases {
        let out = Project::new(&[("src/a.js", &text)]).leaklint(&["--min-confidence", "low"]).out;
        let help = out.lines().find(|line| line.contains("help: name the handler and take it off"));
        assert!(help.is_some_and(|help| help.contains(end)), "{text}\n{out}");
    }
}
