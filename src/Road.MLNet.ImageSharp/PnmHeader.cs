namespace Road.MLNet.Data;

/// <summary>The header of a PBM, PGM or PPM file.</summary>
/// <param name="Kind">The digit of its signature, 1 to 6: 1 to 3 are plain text; 1 and 4 are bits, 3 and 6 colours.</param>
/// <param name="Width">The width in pixels.</param>
/// <param name="Height">The height in pixels.</param>
/// <param name="MaxValue">The value that stands for white, up to 65535; 1 where there are bits.</param>
/// <param name="End">Where the samples begin.</param>
internal readonly record struct PnmHeader(int Kind, int Width, int Height, int MaxValue, long End)
{
    /// <summary>The samples of a pixel.</summary>
    public int Channels => Kind is 3 or 6 ? 3 : 1;

    /// <summary>Whether samples are text.</summary>
    public bool IsPlain => Kind <= 3;

    /// <summary>Whether pixels are bits, of which 1 is black.</summary>
    public bool IsBits => Kind is 1 or 4;

    /// <summary>Whether a sample takes two bytes.</summary>
    public bool IsWide => MaxValue > byte.MaxValue;

    /// <summary>The fewest bytes that the samples may take.</summary>
    public long LeastBytes => Kind == 4
        ? ((long)Width + 7) / 8 * Height
        : (long)Width * Height * Channels * (IsWide && !IsPlain ? 2 : 1);

    /// <summary>Whether a file begins as these do. The position is lost.</summary>
    public static bool Begins(Stream file)
    {
        file.Position = 0;
        return file.ReadByte() == 'P' && file.ReadByte() is >= '1' and <= '6'
            && file.ReadByte() is var next and >= 0 && (next == '#' || char.IsWhiteSpace((char)next));
    }

    /// <summary>Reads the header of a file that begins so. The position is lost.</summary>
    /// <exception cref="InvalidDataException">A number is missing, or out of its range.</exception>
    /// <exception cref="EndOfStreamException">The file ends before.</exception>
    public static PnmHeader Read(Stream file)
    {
        file.Position = 1;
        int kind = file.ReadByte() - '0';
        int width = ReadNumber(file, int.MaxValue);
        int height = ReadNumber(file, int.MaxValue);
        int maxValue = kind is 1 or 4 ? 1 : ReadNumber(file, ushort.MaxValue);
        return new PnmHeader(kind, width, height, maxValue, file.Position);
    }

    /// <summary>Reads a number and the character after it; before it may be white space and comments.</summary>
    private static int ReadNumber(Stream file, int highest)
    {
        int character = file.ReadByte();
        while (character == '#' || (character >= 0 && char.IsWhiteSpace((char)character)))
        {
            bool isComment = character == '#';
            do
            {
                character = file.ReadByte();
            }
            while (isComment && character is not ('\n' or -1));
        }

        long number = 0;
        for (; character is >= '0' and <= '9' && number <= highest; character = file.ReadByte())
        {
            number = (10 * number) + character - '0';
        }

        return number >= 1 && number <= highest ? (int)number
            : character < 0 ? throw new EndOfStreamException()
            : throw new InvalidDataException("its header has something else in the place of a number");
    }
}
