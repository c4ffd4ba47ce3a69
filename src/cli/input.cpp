#include "cli/input.hpp"

#include "cli/place.hpp"
#include "pgfilter/error.hpp"
#include "pgfilter/wrapped.hpp"

namespace pgfilter::cli {
namespace {

void refuse_replacement(const std::string& wrapping, int input, const Options& options) {
    const auto names_input = [&] {
        const Place output = Place::of_output(options.output);
        return !output.descriptor() && output.is_same_file(Place::of_descriptor(input));
    };
    if (!options.in_place && !(options.writes_archive() && names_input())) return;
    throw Error(ErrorCode::usage,
                "the file is wrapped in " + wrapping +
                    ", and what takes its place would not be; write another file with -f, or unpack it "
                    "first: " +
                    wrapping + " -d FILE")
        .in_file(options.input);
}

}  // namespace

std::unique_ptr<ByteSource> unwrap(ByteSource& stored, int input, const Options& options, std::string& file) {
    const Wrapping wrapping = recognise_wrapping(stored.peek(wrapping_magic_size));
    if (wrapping == Wrapping::none) return nullptr;
    refuse_replacement(wrapping_name(wrapping), input, options);
    file += " (unpacked)";
    return std::make_unique<UnwrappingSource>(stored, wrapping, options.limits.ratio);
}

}  // namespace pgfilter::cli
