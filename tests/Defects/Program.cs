using OmeZarr.Defects;

if (args is not [var sources, var destination])
{
    Console.Error.WriteLine(
        "usage: Defects SOURCES DESTINATION: writes the edited files of the product there, in folders as they have in SOURCES");
    return 2;
}

try
{
    if (Directory.Exists(destination))
        Directory.Delete(destination, recursive: true);
    var files = DefectList.All.SelectMany(defect => defect.Edits.Select(edit => (defect.Name, Edit: edit)))
        .Concat(SmallSizes.All.Select(edit => (Name: "a small size", Edit: edit)))
        .GroupBy(edit => edit.Edit.File);
    foreach (var file in files)
    {
        var path = Path.GetFullPath(Path.Join(sources, file.Key));
        var edited = Path.Join(destination, file.Key);
        Directory.CreateDirectory(Path.GetDirectoryName(edited)!);
        File.WriteAllText(edited, SourceEditor.Apply(path, File.ReadAllText(path), file));
    }

    return 0;
}
catch (Exception exception) when (exception is InvalidOperationException or IOException)
{
    Console.Error.WriteLine(exception.Message);
    return 1;
}
