using System.Globalization;
using Microsoft.ML.Data;
using Road.MLNet;
using SkiaSharp;

namespace Streets;

/// <summary>Pages of images beside their overlays, with names and a legend, written as soon as one is full.</summary>
internal sealed class ContactSheet : IDisposable
{
    private const int CellWidth = 360;
    private const int CellHeight = 270;
    private const int Columns = 4;
    private const int PairsOfPage = 12;
    private const int Gap = 6;

    // Its letters grow with it.
    private const int LegendWidth = 640;

    private readonly string _file;
    private readonly IReadOnlyList<string> _classNames;
    private readonly IReadOnlyList<RgbColor> _classColors;
    private readonly int _pages;
    private readonly List<MLImage> _cells = [];
    private readonly List<string> _captions = [];
    private int _page;

    /// <param name="file">The file; where there are several pages, each has its number behind the name.</param>
    /// <param name="imageCount">How many images there are at most.</param>
    /// <param name="classNames">The classes.</param>
    /// <param name="classColors">Their colours.</param>
    public ContactSheet(string file, int imageCount, IReadOnlyList<string> classNames, IReadOnlyList<RgbColor> classColors)
    {
        (_file, _classNames, _classColors) = (file, classNames, classColors);
        _pages = PageCount(imageCount);
    }

    /// <summary>Whether the pages can be written in the format that a file's name asks for.</summary>
    public static bool IsSupported(string file) =>
        Path.GetExtension(file).ToUpperInvariant() is ".PNG" or ".JPG" or ".JPEG";

    /// <summary>The files of the pages of some images.</summary>
    public static IEnumerable<string> Files(string file, int imageCount) =>
        Enumerable.Range(0, PageCount(imageCount)).Select(page => PageFile(file, page, PageCount(imageCount)));

    /// <summary>Adds an image with the keys of its mask.</summary>
    public void Add(string name, MLImage image, byte[] keys)
    {
        using MLImage overlay = SegmentationDrawing.Overlay(image, new LabelMask(keys, image.Width, image.Height), _classColors);
        _cells.Add(Fit(image));
        _cells.Add(Fit(overlay));
        _captions.Add(name);
        _captions.Add(string.Empty);
        if (_cells.Count == 2 * PairsOfPage)
        {
            Flush();
        }
    }

    /// <summary>Writes what has not been written yet.</summary>
    /// <returns>The number of pages.</returns>
    public int Finish()
    {
        if (_cells.Count > 0)
        {
            Flush();
        }

        return _page;
    }

    public void Dispose() => Clear();

    private static int PageCount(int imageCount) => (imageCount + PairsOfPage - 1) / PairsOfPage;

    private static string PageFile(string file, int page, int pages) => pages == 1
        ? file
        : string.Create(CultureInfo.InvariantCulture, $"{Path.ChangeExtension(file, null)}-{page + 1}{Path.GetExtension(file)}");

    /// <summary>An image in the middle of a cell, as large as it has room.</summary>
    private static MLImage Fit(MLImage image)
    {
        double scale = Math.Min((double)CellWidth / image.Width, (double)CellHeight / image.Height);
        using MLImage small = SegmentationDrawing.Resize(
            image, Math.Max(1, (int)Math.Round(scale * image.Width)), Math.Max(1, (int)Math.Round(scale * image.Height)));
        byte[] cell = new byte[CellWidth * CellHeight * 4];
        Array.Fill(cell, byte.MaxValue);
        int left = (CellWidth - small.Width) / 2;
        int top = (CellHeight - small.Height) / 2;
        ReadOnlySpan<byte> pixels = small.Pixels;
        for (int y = 0; y < small.Height; y++)
        {
            pixels.Slice(y * small.Width * 4, small.Width * 4).CopyTo(cell.AsSpan((((top + y) * CellWidth) + left) * 4));
        }

        return MLImage.CreateFromPixels(CellWidth, CellHeight, small.PixelFormat, cell);
    }

    private void Flush()
    {
        using MLImage grid = SegmentationDrawing.SideBySide(_cells, _captions, Columns, Gap);
        using MLImage legend = SegmentationDrawing.Legend(_classNames, _classColors, Math.Min(grid.Width, LegendWidth));
        byte[] page = new byte[grid.Width * (grid.Height + legend.Height) * 4];
        Array.Fill(page, byte.MaxValue);
        grid.Pixels.CopyTo(page);
        for (int y = 0; y < legend.Height; y++)
        {
            legend.Pixels.Slice(y * legend.Width * 4, legend.Width * 4).CopyTo(page.AsSpan((grid.Height + y) * grid.Width * 4));
        }

        using MLImage picture = MLImage.CreateFromPixels(grid.Width, grid.Height + legend.Height, grid.PixelFormat, page);
        using SKData data = Path.GetExtension(_file).Equals(".png", StringComparison.OrdinalIgnoreCase)
            ? ImageEncoding.Png(picture)
            : ImageEncoding.Jpeg(picture);
        OutputFile.Write(PageFile(_file, _page, _pages), data.SaveTo);
        _page++;
        Clear();
    }

    private void Clear()
    {
        foreach (MLImage cell in _cells)
        {
            cell.Dispose();
        }

        _cells.Clear();
        _captions.Clear();
    }
}
