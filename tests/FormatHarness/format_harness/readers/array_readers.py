"""Readers of Zarr arrays, an adapter each: the version, and all elements of the array in a folder."""

import importlib.metadata
import os


class ZarrPython:
    @staticmethod
    def version():
        import zarr

        if zarr.__version__.split(".")[0] == "2":
            raise ImportError(f"zarr {zarr.__version__} knows no Zarr v3")
        return zarr.__version__

    @staticmethod
    def read(folder):
        import numpy as np
        import zarr

        return np.asarray(zarr.open_array(folder, mode="r")[...])


class Gdal:
    @staticmethod
    def version():
        from osgeo import gdal

        number = gdal.__version__.split("-")[0]
        if tuple(int(part) for part in number.split(".")[:2]) < (3, 13):
            raise ImportError(f"GDAL {number} knows no shards")
        return number

    @staticmethod
    def read(folder):
        from osgeo import gdal

        gdal.UseExceptions()
        dataset = gdal.OpenEx(f'ZARR:"{folder}"', gdal.OF_MULTIDIM_RASTER)
        root, name = dataset.GetRootGroup(), os.path.basename(folder)
        names = root.GetMDArrayNames()  # of the group around the array, when it is in one
        return root.OpenMDArray(name if name in names else names[0]).ReadAsArray()


class TensorStore:
    @staticmethod
    def version():
        import tensorstore  # noqa: F401

        return importlib.metadata.version("tensorstore")

    @staticmethod
    def read(folder):
        import tensorstore

        spec = {"driver": "zarr3", "kvstore": {"driver": "file", "path": folder + os.sep}}
        return tensorstore.open(spec, read=True).result().read().result()


class Zarrs:
    """The Rust implementation as zarr-python's codec pipeline."""

    @staticmethod
    def version():
        import zarrs  # noqa: F401

        return importlib.metadata.version("zarrs")

    @staticmethod
    def read(folder):
        import zarr

        with zarr.config.set({"codec_pipeline.path": "zarrs.ZarrsCodecPipeline"}):
            return ZarrPython.read(folder)


READERS = {"zarr-python": ZarrPython, "GDAL": Gdal, "tensorstore": TensorStore, "zarrs": Zarrs}
