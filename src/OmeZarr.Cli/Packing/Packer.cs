using System.Text.Json.Nodes;
using OmeZarr.Cli.Manifests;
using OmeZarr.Cli.Terminal;
using OmeZarr.Cli.Verification;
using OmeZarr.Reading;
using OmeZarr.Storage;
using OmeZarr.Storage.Zip;
using OmeZarr.Zarr;

namespace OmeZarr.Cli.Packing;

/// <summary>What was packed.</summary>
internal sealed record PackingResult(long Files, long Bytes);

/// <summary>
/// Puts a dataset's files into a single one, as RFC-9 says: as they are, documents first by depth, and a comment that tells so.
/// </summary>
/// <seealso href="https://ngff.openmicroscopy.org/rfc/9/index.html"/>
internal sealed class Packer(string folder, string version, IProgressBar progress, CancellationToken cancel)
{
    /// <summary>Writes the file; what fails leaves it useless.</summary>
    /// <exception cref="UserException">The dataset is not in a state to be packed.</exception>
    public PackingResult Pack(Stream output)
    {
        var zip = new ZipWriter(output);
        long files = 0, bytes = 0;
        foreach (var file in InOrder(Files()))
        {
            using var content = File.OpenRead(file.Path);
            zip.Add(file.Key, content, count =>
            {
                cancel.ThrowIfCancellationRequested();
                bytes += count;
                progress.Add(count);
            });
            files++;
        }

        var comment = new JsonObject
        {
            ["ome"] = new JsonObject
            {
                ["version"] = version,
                ["zipFile"] = new JsonObject { ["centralDirectory"] = new JsonObject { ["jsonFirst"] = true } },
            },
        };
        zip.Complete(System.Text.Encoding.UTF8.GetBytes(comment.ToJsonString()));
        return new PackingResult(files, bytes);
    }

    private List<FolderFile> Files()
    {
        var files = new List<FolderFile>();
        foreach (var file in FolderFiles.Below(folder, cancel))
        {
            var name = file.Key[(file.Key.LastIndexOf('/') + 1)..];
            if (ArrayFiles.IsLeftover(name) || name is ".begun" or ".begun-here")
            {
                throw UserException.CannotAccess(
                    $"'{file.Key}' is being written, or was when its writer was killed: wait for it, or run omezarr repair "
                    + "first");
            }

            if (!file.IsPlain)
                throw UserException.CannotAccess($"'{file.Key}' is a link, or something else that has no content of its own");
            if (name.EndsWith(DatasetLocation.SingleFile, StringComparison.OrdinalIgnoreCase))
                throw UserException.CannotAccess($"'{file.Key}' is a single file of its own, which must not be in another");
            // What no key can name, nobody would find in the file either: a file manager's notes, an editor's copies.
            if (file.Key.Split('/').All(part => StoreKey.IsPart(part)))
                files.Add(file);
        }

        return files;
    }

    /// <summary>Documents level by level, the root's first; then everything else.</summary>
    private static IEnumerable<FolderFile> InOrder(List<FolderFile> files)
    {
        var documents = files.Where(IsDocument).OrderBy(file => file.Key.Count(c => c == '/'))
            .ThenBy(file => file.Key, StringComparer.Ordinal);
        return documents.Concat(files.Where(file => !IsDocument(file)));
    }

    private static bool IsDocument(FolderFile file) =>
        file.Key == ArrayMetadata.Key || file.Key.EndsWith($"/{ArrayMetadata.Key}", StringComparison.Ordinal);
}
