"""Wells of a 96-well plate with several fields each: ``python plate.py [path]``."""

from __future__ import annotations

import sys
import time

import numpy as np

from omezarr_native import Channel, Plate, PlateAcquisition, Position, create_stream, dims_from_standard_axes

HEIGHT, WIDTH = 256, 256
WELLS, FIELDS = [("A", "1"), ("A", "2"), ("H", "12")], 2

plate = Plate.from_standard_wells(96, name="screen 7")
plate.acquisitions = [PlateAcquisition(0, name="before the drug", start_time=int(time.time()))]
fields = [
    Position(f"fov{field}", plate_row=row, plate_column=column, x_coord=200.0 * field, y_coord=0.0)
    for row, column in WELLS
    for field in range(FIELDS)
]
channels = [
    Channel("DAPI", excitation_wavelength_nm=405, emission_wavelength_nm=460),
    Channel("GFP", excitation_wavelength_nm=488, emission_wavelength_nm=509, fluorophore="EGFP"),
]

settings = {
    "root_path": sys.argv[1] if len(sys.argv) > 1 else "plate.ome.zarr",
    "overwrite": True,
    "dtype": "uint16",
    "layout": "auto",
    "plate": plate,
    "dimensions": dims_from_standard_axes(
        {"p": fields, "c": channels, "y": HEIGHT, "x": WIDTH}, scales={"y": 0.65, "x": 0.65}
    ),
}

camera = np.random.default_rng()

with create_stream(settings) as stream:
    for _field in fields:
        for _channel in channels:
            stream.append(camera.poisson(100, (HEIGHT, WIDTH)).astype("uint16"))
    stats = stream.stats()

print(f"{stats.frames_appended} frames of {len(WELLS)} wells are in {settings['root_path']}")
