namespace Road.Torch.Data;

/// <summary>How much of each class the labels of a domain hold, ignored pixels left out.</summary>
public sealed class ClassCounts
{
    /// <summary>Takes over counts.</summary>
    /// <param name="pixels">The pixels of each class in all images, 0 or more, in the order of the classes; one value at least.</param>
    /// <param name="images">The images that hold each class, 0 or more, as many values.</param>
    /// <param name="imageCount">The images in all, 0 or more.</param>
    /// <exception cref="ArgumentException">The lists are empty or of different lengths.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A count is negative.</exception>
    public ClassCounts(IReadOnlyList<long> pixels, IReadOnlyList<long> images, long imageCount)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        ArgumentNullException.ThrowIfNull(images);
        if (pixels.Count == 0 || pixels.Count != images.Count)
        {
            throw new ArgumentException(
                $"Expected as many counts of images as of pixels, and one at least, not {images.Count} and {pixels.Count}.",
                nameof(images));
        }

        foreach (long count in pixels.Concat(images).Append(imageCount))
        {
            ArgumentOutOfRangeException.ThrowIfNegative(count);
        }

        Pixels = [.. pixels];
        Images = [.. images];
        ImageCount = imageCount;
        LabelledPixels = pixels.Sum();
    }

    /// <summary>The pixels of each class in all images.</summary>
    public IReadOnlyList<long> Pixels { get; }

    /// <summary>The images that hold each class.</summary>
    public IReadOnlyList<long> Images { get; }

    /// <summary>The images in all.</summary>
    public long ImageCount { get; }

    /// <summary>The pixels of all classes.</summary>
    public long LabelledPixels { get; }

    /// <summary>
    /// Counts the labels of a domain once, without decoding its images where the source can do without them. The result does not depend on
    /// the number of workers. Images are told apart by their ids, so where one view repeats those of a shorter domain, each repetition
    /// counts.
    /// </summary>
    /// <param name="source">A labelled domain.</param>
    /// <param name="classCount">The number of classes, 1 to 254; labels from there on count for none.</param>
    /// <param name="badSamples">Whether samples whose labels cannot be read end the count, the default, or are left out.</param>
    /// <param name="workers">The number of threads that decode, 1 to 64.</param>
    /// <param name="cancellationToken">Ends the count.</param>
    /// <returns>The counts.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    /// <exception cref="InvalidDataException">A sample is damaged, or has no labels.</exception>
    /// <exception cref="IOException">A sample cannot be read.</exception>
    /// <exception cref="OperationCanceledException">The count was cancelled.</exception>
    public static ClassCounts Take(
        ISampleSource source,
        int classCount,
        BadSamplePolicy badSamples = BadSamplePolicy.Stop,
        int workers = 1,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        OptionGuard.Between(classCount, 1, 254, nameof(classCount));
        OptionGuard.Between(workers, 1, 64, nameof(workers));
        OptionGuard.Defined(badSamples, nameof(badSamples));
        return Of(LabelCensus.Take(source, classCount, badSamples, workers, cancellationToken));
    }

    /// <summary>The share of a class in the labelled pixels, 0 to 1; 0 where there are none.</summary>
    /// <param name="index">The class.</param>
    /// <returns>The share.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such class.</exception>
    public double Share(int index)
    {
        OptionGuard.Between(index, 0, Pixels.Count - 1, nameof(index));
        return LabelledPixels == 0 ? 0 : (double)Pixels[index] / LabelledPixels;
    }

    /// <summary>The counts of a census.</summary>
    internal static ClassCounts Of(LabelCensus census)
    {
        long[] images = new long[census.Pixels.Count];
        foreach (long[] pixels in census.Images.Values)
        {
            for (int i = 0; i < images.Length; i++)
            {
                images[i] += pixels[i] > 0 ? 1 : 0;
            }
        }

        return new ClassCounts(census.Pixels, images, census.Images.Count);
    }
}
