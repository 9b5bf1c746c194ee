"""Readers of OME-Zarr images, an adapter each: the version, and what it finds at the path of an image.

Of an image they tell what they know of: "axes" (names), and for each level "shapes", "scales" and "translations".
"""

import importlib.metadata
import os


def _at(dataset, path):
    return os.path.join(dataset, path) if path else dataset


def _transformations(levels):
    """Scales and translations of lists of transformations, as plain dicts."""
    def one(level, kind, usual):
        found = [each[kind] for each in level if each["type"] == kind]
        return list(found[0]) if found else usual
    scales = [one(level, "scale", None) for level in levels]
    return {"scales": scales,
            "translations": [one(level, "translation", [0.0] * len(scale)) for level, scale in zip(levels, scales)]}


class OmeZarrPy:
    @staticmethod
    def version():
        import ome_zarr.reader  # noqa: F401

        return importlib.metadata.version("ome-zarr")

    @staticmethod
    def image(dataset, path):
        from ome_zarr.io import parse_url
        from ome_zarr.reader import Reader

        node = next(iter(Reader(parse_url(_at(dataset, path)))()))
        return {"axes": [axis["name"] for axis in node.metadata["axes"]], "shapes": [list(level.shape) for level in node.data],
                **_transformations(node.metadata["coordinateTransformations"])}


class OmeZarrModels:
    @staticmethod
    def version():
        import ome_zarr_models.v05  # noqa: F401

        return importlib.metadata.version("ome-zarr-models")

    @staticmethod
    def image(dataset, path):
        import zarr
        from ome_zarr_models.v05 import Image

        group = zarr.open_group(_at(dataset, path), mode="r")
        multiscale = Image.from_zarr(group).attributes.ome.multiscales[0]
        return {"axes": [axis.name for axis in multiscale.axes], **_transformations(
            [[step.model_dump() for step in level.coordinateTransformations] for level in multiscale.datasets])}


class Yaozarrs:
    @staticmethod
    def version():
        import yaozarrs  # noqa: F401

        return importlib.metadata.version("yaozarrs")

    @staticmethod
    def image(dataset, path):
        import yaozarrs

        yaozarrs.validate_zarr_store(_at(dataset, path))
        return {}


class BioIo:
    """It gives every image the axes T, C, Z, Y, X and tells only that it could read."""

    @staticmethod
    def version():
        import bioio  # noqa: F401
        import bioio_ome_zarr  # noqa: F401

        return importlib.metadata.version("bioio-ome-zarr")

    @staticmethod
    def image(dataset, path):
        import bioio
        import bioio_ome_zarr

        image = bioio.BioImage(_at(dataset, path), reader=bioio_ome_zarr.Reader)
        image.get_image_data()
        return {}


class NgffZarr:
    @staticmethod
    def version():
        import ngff_zarr  # noqa: F401

        return importlib.metadata.version("ngff-zarr")

    @staticmethod
    def image(dataset, path):
        import ngff_zarr

        images = ngff_zarr.from_ngff_zarr(_at(dataset, path), validate=True).images
        dims = list(images[0].dims)
        return {"axes": dims, "shapes": [list(image.data.shape) for image in images],
                "scales": [[image.scale[dim] for dim in dims] for image in images],
                "translations": [[image.translation[dim] for dim in dims] for image in images]}


class NapariOmeZarr:
    """Layers leave the channels' axis out, so that only the levels' number is told."""

    @staticmethod
    def version():
        import napari_ome_zarr  # noqa: F401

        return importlib.metadata.version("napari-ome-zarr")

    @staticmethod
    def image(dataset, path):
        from napari_ome_zarr import napari_get_reader

        folder = _at(dataset, path)
        data = napari_get_reader(folder)(folder)[0][0]
        return {"shapes": [list(level.shape) for level in data]} if isinstance(data, (list, tuple)) else {}


READERS = {"ome-zarr-py": OmeZarrPy, "ome-zarr-models": OmeZarrModels, "yaozarrs": Yaozarrs, "bioio": BioIo,
           "ngff-zarr": NgffZarr, "napari-ome-zarr": NapariOmeZarr}
