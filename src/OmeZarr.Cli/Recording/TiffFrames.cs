using BitMiracle.LibTiff.Classic;
using OmeZarr.Cli.Terminal;

namespace OmeZarr.Cli.Recording;

/// <summary>Pages of TIFF files, each a frame, one file after the other.</summary>
internal sealed class TiffFrames : IFrameSource
{
    private readonly string[] _paths;
    private Tiff? _file;
    private int _next;
    private bool _hasPage;

    /// <exception cref="UserException">A file is no TIFF that can be read, or its pages differ.</exception>
    public TiffFrames(string[] paths)
    {
        TiffErrors.Listen();
        _paths = paths;
        long frames = 0;
        foreach (var path in paths)
        {
            try
            {
                frames += CountPages(path);
            }
            catch (Exception e) when (IsDamage(e))
            {
                throw Damaged(path);
            }
        }

        Frames = frames;
    }

    /// <summary>What each page looks like.</summary>
    public FrameForm Form { get; private set; } = new(0, 0, "");

    public long? Frames { get; }

    public bool Read(Span<byte> frame, CancellationToken cancel)
    {
        try
        {
            return ReadPage(frame);
        }
        catch (Exception e) when (IsDamage(e))
        {
            throw Damaged(_paths[_next - 1]);
        }
    }

    private bool ReadPage(Span<byte> frame)
    {
        if (_hasPage && !_file!.ReadDirectory())
        {
            _file.Dispose();
            _hasPage = false;
        }

        if (!_hasPage)
        {
            if (_next == _paths.Length)
                return false;
            _file = Open(_paths[_next++]);
            _hasPage = true;
        }

        TiffPage.Read(_file!, frame, _paths[_next - 1]);
        return true;
    }

    public void Dispose() => _file?.Dispose();

    // Files that are damaged make the TIFF library throw whatever its code happens to meet.
    private static bool IsDamage(Exception e) => e is not (UserException or OperationCanceledException);

    private static UserException Damaged(string path) =>
        UserException.CannotAccess($"'{path}' cannot be read as TIFF: {TiffErrors.Last}");

    private static Tiff Open(string path) =>
        Tiff.Open(path, "r") ?? throw Damaged(path);

    private long CountPages(string path)
    {
        using var file = Open(path);
        long pages = 0;
        do
        {
            var form = TiffPage.FormOf(file, path);
            if (Form.Width == 0)
                Form = form;
            if (form != Form)
            {
                throw UserException.Usage(
                    $"page {pages + 1} of '{path}' is {Describe(form)}, and the first page is {Describe(Form)}; "
                        + "all frames of a recording are alike");
            }

            pages++;
        }
        while (file.ReadDirectory());
        TiffPage.RefuseHiddenPages(file, pages, path);
        return pages;
    }

    private static string Describe(FrameForm form) => $"{form.Width} x {form.Height} {form.PixelFormat ?? form.DataType}";
}
