// SPDX-License-Identifier: PostgreSQL
#include "cli/text_file.hpp"

#include "bytes/owned_descriptor.hpp"
#include "bytes/system_error.hpp"
#include "pgfilter/files.hpp"

namespace pgfilter::cli {

std::string read_all(ByteSource& source) {
    std::string text;
    for (Bytes run = source.peek(1); !run.empty(); run = source.peek(1)) {
        text += run;
        source.skip(run.size());
    }
    return text;
}

std::string read_all(int descriptor) {
    DescriptorSource source(descriptor);
    return read_all(source);
}

std::string read_file(const std::string& name, const std::string& option) try {
    const Descriptor file(open_to_read(name));
    if (file.number() < 0) throw system_error("cannot open the file that " + option + " names");
    return read_all(file.number());
} catch (Error& error) {
    error.in_file(name);
    throw;
}

}  // namespace pgfilter::cli
