// Tests share libtorch's random generator and its threads.
[assembly: DoNotParallelize]
