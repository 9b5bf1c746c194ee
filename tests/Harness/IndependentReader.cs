using System.Diagnostics;
using System.Text.Json;

namespace OmeZarr.Harness;

/// <summary>
/// A reader that has no code of this project: zarr-python or zarrita. It stays started, since its start takes longer than
/// reading.
/// </summary>
public sealed class IndependentReader : IDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(2);

    private readonly string _name;
    private readonly string _out;
    private readonly ProcessStartInfo _start;
    private readonly Lock _reading = new();
    private Process? _process;

    private IndependentReader(string name, string program, string[] arguments, string folder)
    {
        _name = name;
        _out = Path.Join(folder, $"{name}.bin");
        _start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true };
    }

    public static IndependentReader ZarrPython(string folder) =>
        new("zarr-python", "bash", [Repository.PythonStarter, Path.Join(Repository.Scripts, "dump_zarr.py")], folder);

    public static IndependentReader Zarrita(string folder) =>
        new("zarrita", "node", [Path.Join(Repository.Scripts, "dump_zarr.mjs")], folder);

    /// <summary>Reads all arrays of a dataset whole. Any thread may call.</summary>
    public DatasetReading Read(string dataset)
    {
        lock (_reading)
            return ReadNow(dataset);
    }

    private DatasetReading ReadNow(string dataset)
    {
        _process ??= Process.Start(_start)!;
        _process.StandardInput.WriteLine(JsonSerializer.Serialize(new { dataset, @out = _out }));
        _process.StandardInput.Flush();
        var reading = _process.StandardOutput.ReadLineAsync();
        if (!reading.Wait(Bound) || reading.Result is not { } line)
        {
            Dispose();
            return new DatasetReading(_name, new Dictionary<string, ArrayReading>(),
                [$".: {_name} gave no answer within {Bound}, or ended"]);
        }

        return Parse(line);
    }

    public void Dispose()
    {
        if (_process is null)
            return;
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
        _process = null;
    }

    private DatasetReading Parse(string line)
    {
        using var document = JsonDocument.Parse(line);
        using var bytes = File.OpenRead(_out);
        var arrays = new Dictionary<string, ArrayReading>();
        foreach (var array in document.RootElement.GetProperty("arrays").EnumerateArray())
        {
            var path = array.GetProperty("path").GetString()!;
            var content = new byte[array.GetProperty("bytes").GetInt32()];
            bytes.ReadExactly(content);
            long[] shape = [.. array.GetProperty("shape").EnumerateArray().Select(length => length.GetInt64())];
            arrays.Add(path, new ArrayReading(path, shape, array.GetProperty("dtype").GetString()!, content));
        }

        string[] errors = [.. document.RootElement.GetProperty("errors").EnumerateArray()
            .Select(error => $"{error.GetProperty("path").GetString()}: {error.GetProperty("error").GetString()}")];
        return new DatasetReading(_name, arrays, errors);
    }
}
