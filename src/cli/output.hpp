// Where archives, lists and reports go.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "cli/descriptor.hpp"
#include "pgfilter/files.hpp"

namespace pgfilter::cli {

/// A file that appears when it is complete; or what is open already, a device, a pipe, a socket: those are
/// written to, since replacing one by a file would do harm.
class Output {
public:
    /// An empty `name` and "-" are standard output.
    Output(const std::string& name, OutputFileOptions options);

    ByteSink& sink() { return *sink_; }

    /// After sink().finish().  Closes standard output, and what was opened by its name and is no file: a file
    /// system or a tape may tell only then that something has not arrived.  Throws Error (io).
    void close();

private:
    void open_special(const std::string& name);
    void create_file(const std::string& name, OutputFileOptions options);

    bool is_standard_output_ = false;
    std::unique_ptr<Descriptor> special_;
    std::unique_ptr<ByteSink> sink_;
};

/// The open descriptor that `name` stands for, as "-" and "/dev/stdout" do for standard output.
std::optional<int> own_descriptor(const std::string& name);

/// Whether two names lead to the same file, or would once there is one.
bool same_file(const std::string& one, const std::string& other);

/// Whether `name` leads to the regular file that is open as `descriptor`.
bool same_file(const std::string& name, int descriptor);

}  // namespace pgfilter::cli
