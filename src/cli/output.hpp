// SPDX-License-Identifier: PostgreSQL
// Where archives, lists and reports go.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "bytes/owned_descriptor.hpp"
#include "pgfilter/files.hpp"

namespace pgfilter::cli {

/// A file that appears when it is complete; or what is open already, a device, a pipe, a socket: those are
/// written to, since replacing one by a file would do harm.
class Output {
public:
    /// An empty `name` and "-" are standard output.  `target`: the file of that name, if it is one and is
    /// claimed already.
    Output(const std::string& name, OutputFileOptions options, std::optional<FileTarget> target = {});

    ByteSink& sink() { return *sink_; }
    [[nodiscard]] bool is_terminal() const;

    /// After sink().finish().  Closes standard output, and what was opened by its name and is no file: a file
    /// system or a tape may tell only then that something has not arrived.  Throws Error (io).
    void close();

private:
    void open_special(const std::string& name);
    void create_file(FileTarget target, OutputFileOptions options);

    bool is_standard_output_ = false;
    int open_descriptor_ = -1;  // of what is no file
    std::unique_ptr<Descriptor> special_;
    std::unique_ptr<ByteSink> sink_;
};

}  // namespace pgfilter::cli
