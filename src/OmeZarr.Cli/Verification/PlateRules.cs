using OmeZarr.Ngff.Stored;

namespace OmeZarr.Cli.Verification;

/// <summary>Rules of OME-Zarr for a plate that its JSON schema cannot say.</summary>
internal static class PlateRules
{
    private const string Kind = "metadata";

    public static void Check(StoredPlate plate, Findings findings)
    {
        foreach (var (what, names) in new[] { ("row", plate.Rows), ("column", plate.Columns) })
        {
            if (names.Distinct(StringComparer.Ordinal).Count() != names.Length)
                findings.Error(Kind, "", $"two {what}s of the plate have the same name");
            foreach (var name in names.Where(name => name.Length == 0 || !name.All(char.IsAsciiLetterOrDigit)))
                findings.Error(Kind, "", $"the {what} \"{name}\" has other characters than letters and digits");
        }

        if (plate.Wells.DistinctBy(well => well.Path).Count() != plate.Wells.Length)
            findings.Error(Kind, "", "a well is listed twice");
        foreach (var well in plate.Wells)
        {
            if (well.Row < 0 || well.Row >= plate.Rows.Length || well.Column < 0 || well.Column >= plate.Columns.Length)
                findings.Error(Kind, well.Path,
                    $"it is in row {well.Row} and column {well.Column}, which the plate does not have");
            else if (well.Path != $"{plate.Rows[well.Row]}/{plate.Columns[well.Column]}")
            {
                findings.Error(Kind, well.Path,
                    $"it is in row {plate.Rows[well.Row]} and column {plate.Columns[well.Column]}, and its path says otherwise");
            }
        }
    }
}
