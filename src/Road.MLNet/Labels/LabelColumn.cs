using System.Globalization;
using System.Numerics.Tensors;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Road.MLNet.Data;

/// <summary>
/// The column of a label mask: row-major H x W keys of one byte, key = class + 1, 0 (missing) = ignored. Its
/// annotations hold the class names (<c>KeyValues</c>, as every key column has them) and the palette.
/// </summary>
internal static class LabelColumn
{
    /// <summary>The annotation that ML.NET reads a key's names from.</summary>
    public const string KeyValues = "KeyValues";

    /// <summary>The annotation that holds the palette: R, G, B of each class.</summary>
    public const string ClassColors = "ClassColors";

    /// <summary>The annotation that names the column of a mask's width and height.</summary>
    public const string SizeColumn = "SizeColumn";

    /// <summary>The type of the column that a mask's width and height are in, in that order.</summary>
    public static readonly VectorDataViewType SizeType = new(NumberDataViewType.Int32, 2);

    /// <summary>The most classes a mask can tell apart; index 255 is the ignored one.</summary>
    public const int MaxClasses = 254;

    /// <summary>The type of the column: its length is that of each row's image.</summary>
    public static VectorDataViewType CreateType(int classCount) =>
        new(new KeyDataViewType(typeof(byte), classCount));

    /// <summary>The annotations of a label column.</summary>
    /// <param name="classNames">K names.</param>
    /// <param name="colors">R, G, B of each class: 3 x K bytes.</param>
    /// <param name="sizeColumnName">The column of the masks' sizes; null for none.</param>
    public static DataViewSchema.Annotations CreateAnnotations(
        IReadOnlyList<string> classNames, IReadOnlyList<byte> colors, string? sizeColumnName = null)
    {
        ReadOnlyMemory<char>[] names = [.. classNames.Select(name => name.AsMemory())];
        byte[] palette = [.. colors];
        var builder = new DataViewSchema.Annotations.Builder();
        builder.Add(
            KeyValues,
            new VectorDataViewType(TextDataViewType.Instance, names.Length),
            (ref VBuffer<ReadOnlyMemory<char>> value) => CopyTo(names, ref value));
        builder.Add(
            ClassColors,
            new VectorDataViewType(NumberDataViewType.Byte, palette.Length),
            (ref VBuffer<byte> value) => CopyTo(palette, ref value));
        if (sizeColumnName is not null)
        {
            builder.Add(
                SizeColumn, TextDataViewType.Instance, (ref ReadOnlyMemory<char> value) => value = sizeColumnName.AsMemory());
        }

        return builder.ToAnnotations();
    }

    /// <summary>The name of the column of a label column's sizes, unless its annotation says another.</summary>
    public static string SizeColumnName(string labelColumnName) => labelColumnName + "Size";

    /// <summary>
    /// The column that has the width and height of a label column's masks, since a vector alone has none. Its annotation names it, which
    /// holds for a copy of another name too.
    /// </summary>
    /// <returns>The column; null where the view has none.</returns>
    public static DataViewSchema.Column? FindSize(DataViewSchema schema, DataViewSchema.Column label)
    {
        ReadOnlyMemory<char> name = default;
        if (label.Annotations.Schema.GetColumnOrNull(SizeColumn) is { Type: TextDataViewType })
        {
            label.Annotations.GetValue(SizeColumn, ref name);
        }

        DataViewSchema.Column? column = schema.GetColumnOrNull(name.IsEmpty ? SizeColumnName(label.Name) : name.ToString());
        return column is { } found && found.Type.Equals(SizeType) ? found : null;
    }

    /// <summary>Turns class indices into keys: class + 1, where ignored, 255, wraps around to the missing key, 0.</summary>
    public static void ToKeys(ReadOnlySpan<byte> classes, Span<byte> keys) => TensorPrimitives.Add(classes, (byte)1, keys);

    /// <summary>Puts a size into a row.</summary>
    public static void SetSize(int width, int height, ref VBuffer<int> value)
    {
        VBufferEditor<int> editor = VBufferEditor.Create(ref value, SizeType.Size);
        editor.Values[0] = width;
        editor.Values[1] = height;
        value = editor.Commit();
    }

    /// <summary>Says whether a type is that of a label mask, whatever its number of classes.</summary>
    public static bool IsLabelType(DataViewType type) =>
        type is VectorDataViewType { ItemType: KeyDataViewType { Count: > 0 and <= 255 } key } && key.RawType == typeof(byte);

    /// <summary>The number of classes of a label column.</summary>
    /// <exception cref="ArgumentException">The column holds something else.</exception>
    public static int ReadClassCount(DataViewSchema.Column column)
    {
        if (!IsLabelType(column.Type))
        {
            throw new ArgumentException(string.Create(
                CultureInfo.InvariantCulture,
                $"Column '{column.Name}' must hold label masks, Vector<Key<Byte, 2-{MaxClasses}>>, but holds {column.Type}."));
        }

        return (int)((KeyDataViewType)((VectorDataViewType)column.Type).ItemType).Count;
    }

    /// <summary>The class names of a label column.</summary>
    /// <exception cref="ArgumentException">The column holds something else, or has no class names.</exception>
    public static string[] ReadClassNames(DataViewSchema.Column column)
    {
        int count = ReadClassCount(column);
        DataViewType? type = column.Annotations.Schema.GetColumnOrNull(KeyValues)?.Type;
        if (type is not VectorDataViewType { ItemType: TextDataViewType } names || names.Size != count)
        {
            throw new ArgumentException(string.Create(
                CultureInfo.InvariantCulture,
                $"Column '{column.Name}' must have the annotation {KeyValues} with its {count} class names as text, but it is "
                + $"{type?.ToString() ?? "missing"}."));
        }

        VBuffer<ReadOnlyMemory<char>> value = default;
        column.Annotations.GetValue(KeyValues, ref value);
        return [.. value.DenseValues().Select(name => name.ToString())];
    }

    /// <summary>The palette of a label column, 3 x K bytes; the default one where the column has none.</summary>
    /// <exception cref="ArgumentException">The column holds something else, or its palette has another size.</exception>
    public static byte[] ReadColors(DataViewSchema.Column column)
    {
        int count = ReadClassCount(column);
        DataViewType? type = column.Annotations.Schema.GetColumnOrNull(ClassColors)?.Type;
        if (type is null)
        {
            return DefaultColors(count);
        }

        if (type is not VectorDataViewType vector || !vector.ItemType.Equals(NumberDataViewType.Byte) || vector.Size != 3 * count)
        {
            throw new ArgumentException(string.Create(
                CultureInfo.InvariantCulture,
                $"Column '{column.Name}': the annotation {ClassColors} must be Vector<Byte, {3 * count}>, R, G, B of each class, but it "
                + $"is {type}."));
        }

        VBuffer<byte> value = default;
        column.Annotations.GetValue(ClassColors, ref value);
        return [.. value.DenseValues()];
    }

    /// <summary>
    /// A palette of distinct colours, none of them black: PASCAL VOC's, which spreads the bits of an index over the
    /// three channels from the highest bit down, from index 1 on.
    /// </summary>
    /// <returns>R, G, B of each class: 3 x K bytes.</returns>
    public static byte[] DefaultColors(int classCount)
    {
        byte[] colors = new byte[3 * classCount];
        for (int i = 0; i < classCount; i++)
        {
            int rest = i + 1;
            for (int bit = 7; rest != 0; bit--, rest >>= 3)
            {
                for (int channel = 0; channel < 3; channel++)
                {
                    colors[(3 * i) + channel] |= (byte)(((rest >> channel) & 1) << bit);
                }
            }
        }

        return colors;
    }

    private static void CopyTo<T>(T[] values, ref VBuffer<T> destination)
    {
        VBufferEditor<T> editor = VBufferEditor.Create(ref destination, values.Length);
        values.CopyTo(editor.Values);
        destination = editor.Commit();
    }
}
