using System.Text;

namespace OmeZarr.Defects;

/// <summary>Puts edits into a source file. Its lines keep their numbers, so that traces lead to the original.</summary>
internal static class SourceEditor
{
    /// <exception cref="InvalidOperationException">An original text is not there exactly once, or two edits overlap.</exception>
    public static string Apply(string path, string source, IEnumerable<(string Defect, Edit Edit)> edits)
    {
        var lines = source.Split('\n').ToList();
        foreach (var place in edits.GroupBy(edit => Find(path, lines, edit)).OrderByDescending(place => place.Key.First))
        {
            var (first, count) = place.Key;
            var original = lines.GetRange(first, count);
            foreach (var (defect, edit) in place)
                original = Edited(original, defect, edit);
            lines.RemoveRange(first, count);
            lines.InsertRange(first, original);
        }

        return $"#line 1 \"{path.Replace("\\", "\\\\", StringComparison.Ordinal)}\"\n{string.Join('\n', lines)}";
    }

    private static (int First, int Count) Find(string path, List<string> lines, (string Defect, Edit Edit) edit)
    {
        var wanted = edit.Edit.Original.Split('\n').Select(line => line.Trim()).ToArray();
        var places = Enumerable.Range(0, lines.Count - wanted.Length + 1)
            .Where(first => Enumerable.Range(0, wanted.Length).All(i => lines[first + i].Trim() == wanted[i]))
            .ToArray();
        return places.Length == 1
            ? (places[0], wanted.Length)
            : throw new InvalidOperationException(
                $"{path}(1,1): error DEFECT: {edit.Defect} is to be written anew: the file has these lines {places.Length} "
                    + $"times instead of once: {string.Join(" / ", wanted)}");
    }

    // All that is new goes into the first line and the last.
    private static List<string> Edited(List<string> original, string defect, Edit edit)
    {
        var chosen = $"global::OmeZarr.Defects.Defect.IsChosen(\"{defect}\")";
        var broken = edit.Broken.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0);
        var inOneLine = new StringBuilder().AppendJoin(' ', broken).ToString();
        if (edit.Kind == EditKind.Text)
            return [inOneLine.Replace(Edit.Chosen, chosen, StringComparison.Ordinal),
                .. Enumerable.Repeat("", original.Count - 1)];
        var edited = original.ToList();
        if (edit.Kind == EditKind.Before)
        {
            edited[0] = $"if ({chosen}) {{ {inOneLine} }} {edited[0]}";
            return edited;
        }

        edited[0] = $"if ({chosen}) {{ {inOneLine} }} else {{ {edited[0]}";
        // The last line of an original ends in no comment.
        edited[^1] += " }";
        return edited;
    }
}
