# SPDX-License-Identifier: PostgreSQL
# Of the repository as it is checked out: put this file into a tap, and HOMEBREW_PGFILTER_REPOSITORY says where to clone from. A release that
# has been published gets "url" and "sha256" of its source tarball instead.
class Pgfilter < Formula
  desc "Change PostgreSQL dumps before they are restored"
  license "PostgreSQL"
  head ENV.fetch("HOMEBREW_PGFILTER_REPOSITORY", "file:///path/to/pgfilter"), using: :git

  depends_on "cli11" => :build
  depends_on "cmake" => :build
  depends_on "ninja" => :build
  depends_on "boost"
  depends_on "lz4"
  depends_on "re2"
  depends_on "zstd"

  uses_from_macos "zlib"

  def install
    system "cmake", "-S", ".", "-B", "build", "-G", "Ninja", "-DBUILD_SHARED_LIBS=ON", *std_cmake_args
    system "cmake", "--build", "build"
    system "cmake", "--install", "build"
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/pgfilter --version") unless head?
    assert_match "not", pipe_output("#{bin}/pgfilter 2>&1", "no archive", 2)
  end
end
