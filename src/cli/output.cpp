// SPDX-License-Identifier: PostgreSQL
#include "cli/output.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <utility>

#include "bytes/retry.hpp"
#include "cli/interruption.hpp"
#include "cli/place.hpp"

namespace pgfilter::cli {
Output::Output(const std::string& name, OutputFileOptions options, std::optional<FileTarget> target) {
    if (target) {
        create_file(std::move(*target), options);
        return;
    }
    const Place place = Place::of_output(name);
    if (const auto& open_already = place.descriptor()) {
        is_standard_output_ = *open_already == STDOUT_FILENO;
        open_descriptor_ = *open_already;
        sink_ = std::make_unique<DescriptorSink>(*open_already);
    } else if (place.is_special()) {
        open_special(name);
    } else {
        create_file(FileTarget(name), options);
    }
}

void Output::open_special(const std::string& name) {
    const int descriptor = uninterrupted([&] { return ::open(name.c_str(), O_WRONLY | O_CLOEXEC); });
    if (descriptor < 0) throw system_error("cannot open output file '" + name + "'");
    special_ = std::make_unique<Descriptor>(descriptor);
    open_descriptor_ = descriptor;
    sink_ = std::make_unique<DescriptorSink>(descriptor);
}

bool Output::is_terminal() const {
    return open_descriptor_ >= 0 && ::isatty(open_descriptor_) == 1;
}

void Output::close() {
    const bool closed = special_ ? special_->close() : !is_standard_output_ || ::close(STDOUT_FILENO) == 0;
    if (!closed) throw system_error("cannot write the output");
}

void Output::create_file(FileTarget target, OutputFileOptions options) {
    remove_when_interrupted([&] {
        auto file = std::make_unique<OutputFile>(std::move(target), options);
        std::string temporary = file->temporary_name();
        sink_ = std::move(file);
        return temporary;
    });
}

}  // namespace pgfilter::cli
