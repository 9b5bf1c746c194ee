namespace OmeZarr.Acquisition.Tests;

/// <summary>Documents that between them use every key.</summary>
internal static class Samples
{
    public static readonly string[] Everything =
    [
        """
        {"root_path": "data/run", "dtype": "uint8", "overwrite": true, "format": {"name": "ome-zarr", "backend": "auto", "suffix": ".zarr"},
         "dimensions": [
           {"name": "t", "count": null, "type": "time", "unit": "ms", "scale": 10, "translation": -2.5, "chunk_size": 4, "shard_size_chunks": 8},
           {"name": "c", "type": "channel", "coords": [
             {"name": "DAPI", "excitation_wavelength_nm": 405, "emission_wavelength_nm": 460, "fluorophore": "DAPI", "color": "rgb(0, 0, 255)"},
             {"name": "FITC", "color": [0, 255, 0, 0.5]}, "Cy5"]},
           {"name": "y", "count": 128, "unit": "um", "scale": 0.65, "chunk_size": 64},
           {"name": "x", "count": 96, "unit": "um", "scale": 0.65}],
         "compression": {"name": "blosc", "cname": "zstd", "clevel": 1, "shuffle": "bit", "blocksize": 65536, "effort": "exact", "checksum": true},
         "storage_order": ["t", "c", "y", "x"], "layout": null, "checksum": true, "ome_zarr_version": "0.6", "ome_xml": false,
         "pyramid": {"levels": 1, "method": "median", "factors": {"y": 2, "x": 2}},
         "pipeline": {"workers": 2, "memory_budget_bytes": 268435456, "ring_frames": "auto", "borrowed_buffers": 16, "backpressure": "fail", "append_timeout_ms": 0, "create_timeout_ms": 1, "finalize_timeout_ms": 2, "producers": 3},
         "durability": {"fsync": "never", "flush_interval_ms": 100}, "store": {"unbuffered": true, "free_space": "require"},
         "monitor": {"port": 8642, "host": "::1"},
         "omero": {"channels": [{"label": "nuclei", "color": "#00f", "active": false, "inverted": true, "window": {"min": 0, "max": 255, "start": 10, "end": 99.5}}, {}, {}],
                   "rdefs": {"defaultT": 3, "defaultZ": 0, "model": "greyscale"}},
         "frame": {"pixel_format": "uint8", "row_stride": 0, "slot_bytes": 16384, "alpha": "drop", "significant_bits": 8}}
        """,
        """
        {"root_path": "data/stack.ome.zarr", "dtype": "float32", "layout": "auto", "compression": {"name": "zstd", "level": 7, "checksum": true},
         "dimensions": [
           {"name": "z", "coords": [0, 0.5, "top"], "unit": "µm"}, {"name": "angle", "type": "other", "count": 7, "unit": "degree"},
           {"name": "y", "count": 3000}, {"name": "x", "count": 2000}], "storage_order": "acquisition", "allow_nonconforming": true, "omero": true, "format": "zarr-python"}
        """,
        """
        {"root_path": "screen", "dtype": "int16", "compression": "blosc-lz4", "format": "ome-zarr",
         "plate": {"row_names": ["A", "B"], "column_names": ["1", "2"], "name": "screen"},
         "store": {"s3": {"endpoint": "http://127.0.0.1", "bucket": "b", "region": "r", "prefix": "p", "path_style": true, "credentials": {"id": "x"}}},
         "dimensions": [
           {"name": "p", "type": "position", "coords": [
             {"name": "f", "plate_row": "A", "plate_column": "1", "grid_row": 0, "grid_column": 1, "x_coord": 1.5, "y_coord": -2, "z_coord": 0},
             {"name": "f", "plate_row": "B", "plate_column": "2"}]},
           {"name": "y", "count": 16}, {"name": "x", "count": 16}]}
        """,
        """
        {"root_path": "wells", "dtype": "uint8", "ome_xml": true,
         "plate": {"row_names": ["A", "B"], "column_names": ["1", "2", "3"], "name": null, "acquisitions": [
           {"id": 7, "name": "first", "description": "before the drug", "maximum_field_count": 4, "start_time": 1700000000, "end_time": 1700003600}, {}]},
         "dimensions": [
           {"name": "t", "count": null}, {"name": "angle", "count": 2},
           {"name": "p", "type": "position", "coords": [
             {"name": "f0", "plate_row": "B", "plate_column": "1", "x_coord": 10, "plate_acquisition": 7},
             {"name": "f1", "plate_row": "B", "plate_column": "1", "plate_acquisition": 1}]},
           {"name": "c", "coords": ["DAPI"]}, {"name": "z", "count": 3}, {"name": "y", "count": 16}, {"name": "x", "count": 16}]}
        """,
        """
        {"root_path": "cameras", "dtype": "uint16", "compression": "blosc-lz4", "layout": "auto", "omero": true,
         "dimensions": [{"name": "t", "count": null}, {"name": "y", "count": 64}, {"name": "x", "count": 48}],
         "arrays": [
           {"key": "left"},
           {"key": "right", "dtype": "uint8", "compression": null, "layout": null, "omero": false, "checksum": true, "storage_order": "acquisition",
            "pyramid": {"levels": 1}, "frame": {"row_stride": 80},
            "dimensions": [{"name": "p", "type": "position", "coords": ["a", "b"]}, {"name": "z", "count": 3}, {"name": "y", "count": 30}, {"name": "x", "count": 70}]}]}
        """,
    ];
}
