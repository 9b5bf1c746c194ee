using OmeZarr.Reading;

namespace OmeZarr.Cli.Pictures;

/// <summary>Small pictures of all images side by side: of a plate as its wells lie, of a collection in their order.</summary>
internal sealed class ContactSheet
{
    private const int Gap = 2;
    private const byte EmptyGray = 24;

    private readonly int _side;
    private readonly int _columns;
    private readonly Picture _sheet;

    private ContactSheet(int columns, int rows, int side)
    {
        _side = side;
        _columns = columns;
        _sheet = new Picture(columns * (side + Gap) + Gap, rows * (side + Gap) + Gap);
    }

    /// <summary>How many images are drawn.</summary>
    public int Count { get; private set; }

    /// <summary>Draws them.</summary>
    /// <param name="dataset">A plate or a collection.</param>
    /// <param name="side">The longest side of the sheet, about.</param>
    /// <param name="paint">Draws an image with sides of at most so many pixels; null when it cannot be drawn.</param>
    public static (Picture Sheet, int Drawn) Draw(Dataset dataset, int side, Func<int, int, Picture?> paint)
    {
        var places = Places(dataset, out var columns, out var rows);
        var most = Math.Clamp((side - Gap) / Math.Max(columns, rows) - Gap, 8, 512);
        var pictures = places.ToDictionary(place => place.Key, place => paint(place.Value, most));
        // Images that are smaller than their share of the sheet make it smaller.
        var tile = pictures.Values.Max(picture => picture is null ? 0 : Math.Max(picture.Width, picture.Height));
        var sheet = new ContactSheet(columns, rows, Math.Max(tile, 8));
        for (var place = 0; place < columns * rows; place++)
            sheet.Put(place, pictures.GetValueOrDefault(place));
        return (sheet._sheet, sheet.Count);
    }

    // Of a well the first field.
    private static Dictionary<int, int> Places(Dataset dataset, out int columns, out int rows)
    {
        const int most = 4096;
        var places = new Dictionary<int, int>();
        if (dataset.Plate is { } plate && plate.Rows.Length * (long)plate.Columns.Length <= most)
        {
            (columns, rows) = (plate.Columns.Length, plate.Rows.Length);
            for (var i = 0; i < dataset.Images.Length; i++)
            {
                if (dataset.Images[i] is { Field: 0, Well: { } well } && well.Row < rows && well.Column < columns)
                    places[well.Row * columns + well.Column] = i;
            }

            return places;
        }

        var count = Math.Min(dataset.Images.Length, most);
        columns = (int)Math.Ceiling(Math.Sqrt(count));
        rows = (count + columns - 1) / columns;
        for (var i = 0; i < count; i++)
            places[i] = i;
        return places;
    }

    private void Put(int place, Picture? picture)
    {
        var (row, column) = Math.DivRem(place, _columns);
        var (x, y) = (Gap + column * (_side + Gap), Gap + row * (_side + Gap));
        _sheet.Fill(x, y, _side, _side, EmptyGray);
        if (picture is null)
            return;
        _sheet.Put(picture, x + (_side - picture.Width) / 2, y + (_side - picture.Height) / 2);
        Count++;
    }
}
