# SPDX-License-Identifier: GPL-3.0-or-later
"""Opens a run directory without Geocyte: python3 read_run.py RUN. Needs h5py and tensorboard."""
import json, pathlib, sys
import h5py
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

def read_arrays(path):
    """A snapshot or axes.h5: {name: array}, {name: texts}, what the file says about itself."""
    with h5py.File(path) as file:
        arrays = {node.attrs["name"].decode() if isinstance(node.attrs["name"], bytes) else node.attrs["name"]: node[()]
                  for node in file["arrays"].values()}
        texts = {name.replace("%2F", "/").replace("%25", "%"): list(node.asstr()[()]) for name, node in file["texts"].items()}
        return arrays, texts, json.loads(file["attributes"].asstr()[()])

def read_run(folder):
    run = pathlib.Path(folder)
    log = EventAccumulator(str(run), size_guidance={"scalars": 0}).Reload()
    lines = (run / "events.jsonl").read_text().splitlines() if (run / "events.jsonl").exists() else []
    return {"run": json.loads((run / "run.json").read_text()),
            "status": json.loads((run / "status.json").read_text()),
            "scalars": {tag: [(e.step, e.value) for e in log.Scalars(tag)] for tag in log.Tags()["scalars"]},
            "events": [json.loads(line) for line in lines],
            "snapshots": {path.name: read_arrays(path) for path in sorted((run / "snapshots").glob("*.h5"))},
            "axes": read_arrays(run / "axes.h5") if (run / "axes.h5").exists() else None}

if __name__ == "__main__":
    for name, found in read_run(sys.argv[1]).items():
        print(name, json.dumps(found, default=lambda array: f"{array.dtype} {array.shape}")[:300])
