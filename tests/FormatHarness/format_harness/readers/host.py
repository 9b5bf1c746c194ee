"""host.py: runs in a Python that has readers, and answers requests about datasets until its input ends.

The first line of the output tells what there is: {"readers": {NAME: VERSION}, "absent": {NAME: REASON}}. A request is a line
{"reader", "dataset", "arrays": [PATH], "images": [PATH], "out": FILE}. Readers of arrays write the elements (C order,
little-endian) into the file, one array after the other; the answer is {"arrays": [{"path", "shape", "dtype"}], "images":
[{"path", ...}], "errors": [{"path", "error"}]}.
"""

import json
import os
import sys
import warnings

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import array_readers  # noqa: E402
import image_readers  # noqa: E402

READERS = {**array_readers.READERS, **image_readers.READERS}


def about():
    there, absent = {}, {}
    for name, reader in READERS.items():
        try:
            there[name] = reader.version()
        except Exception as error:  # a package that is there and cannot start is as absent as another
            absent[name] = f"{type(error).__name__}: {error}".splitlines()[0]
    return {"readers": there, "absent": absent}


def answer(request):
    reader, result = READERS[request["reader"]], {"arrays": [], "images": [], "errors": []}
    with open(request["out"], "wb") as out:
        for path in request["arrays"] if hasattr(reader, "read") else []:
            try:
                values = reader.read(os.path.join(request["dataset"], path))
                out.write(values.astype(values.dtype.newbyteorder("<"), copy=False).tobytes())
                result["arrays"].append({"path": path, "shape": list(values.shape), "dtype": values.dtype.name})
            except Exception as error:  # whatever a reader throws at a dataset is what has to be reported
                result["errors"].append({"path": path, "error": f"{type(error).__name__}: {error}"[:2000]})
        for path in request["images"] if hasattr(reader, "image") else []:
            try:
                result["images"].append({"path": path, **reader.image(request["dataset"], path)})
            except Exception as error:
                result["errors"].append({"path": path, "error": f"{type(error).__name__}: {error}"[:2000]})
    return result


def main():
    warnings.filterwarnings("ignore")
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what readers print is no answer
    print(json.dumps(about()), file=out, flush=True)
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), file=out, flush=True)


if __name__ == "__main__":
    main()
