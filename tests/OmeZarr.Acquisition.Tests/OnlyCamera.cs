using System.Collections.Immutable;
using System.Text.Json.Nodes;
using OmeZarr.Acquisition.Settings;
using OmeZarr.Documents;
using OmeZarr.Zarr;
using OmeZarr.Zarr.Chunks;
using OmeZarr.Zarr.Elements;

namespace OmeZarr.Acquisition.Tests;

/// <summary>What there is once for each camera, of acquisitions that have one.</summary>
internal static class OnlyCamera
{
    extension(AcquisitionSettings settings)
    {
        public CameraSettings Camera => settings.Cameras.Single();

        public ImmutableArray<DimensionSettings> Dimensions => settings.Camera.Dimensions;

        public DataType DataType => settings.Camera.DataType;

        public Compression Compression => settings.Camera.Compression;

        public bool Checksum => settings.Camera.Checksum;

        public StorageOrder StorageOrder => settings.Camera.StorageOrder;

        public bool AutoLayout => settings.Camera.AutoLayout;

        public PyramidSettings Pyramid => settings.Camera.Pyramid;

        public OmeroSettings Omero => settings.Camera.Omero;

        public FrameSettings Frame => settings.Camera.Frame;
    }

    extension(DatasetMetadata metadata)
    {
        public IReadOnlyList<MetadataDocument> Final(
            FrameCounts counts,
            bool complete,
            IReadOnlyDictionary<string, JsonNode?> namespaces,
            Func<string, byte[]?>? stored = null,
            IReadOnlyList<IntensityWindow?>? measured = null,
            RecordedFrames? frames = null) =>
            metadata.Final([new CameraState(counts, measured ?? [], frames)], complete, new UserNamespaces { Root = namespaces },
                stored);

        /// <summary>All documents of the end, the root last.</summary>
        public IReadOnlyList<MetadataDocument> Final(
            IReadOnlyList<CameraState> cameras, bool complete, UserNamespaces namespaces, Func<string, byte[]?>? stored = null) =>
        [
            .. cameras.Index().SelectMany(camera => metadata.Plan.Cameras[camera.Index].Levels.Reverse()
                .SelectMany(level => metadata.GrownArrays(camera.Index, level, camera.Item, stored))),
            .. metadata.Final(cameras, namespaces, stored),
            metadata.Root(cameras, complete ? new DatasetOutcome(true, DatasetOutcome.Finalized)
                : DatasetOutcome.Writing, namespaces, stored?.Invoke(ArrayMetadata.Key)),
        ];
    }
}
