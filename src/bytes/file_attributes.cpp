// SPDX-License-Identifier: PostgreSQL
#include "bytes/file_attributes.hpp"

#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <vector>

#include "bytes/retry.hpp"

namespace pgfilter {
namespace {

constexpr std::size_t largest_attribute = 64 * 1024;  // and list of their names (limits.h of Linux)
constexpr const char* access_list = "system.posix_acl_access";

/// Of the bytes of a file, which are others now; the system computes them anew.
bool is_of_content(std::string_view attribute) {
    constexpr std::array<std::string_view, 2> names{"security.ima", "security.evm"};
    return std::find(names.begin(), names.end(), attribute) != names.end();
}

bool is_absent(int error) {
    return error == ENODATA || error == ENOTSUP || error == ENOSYS;
}

/// Nothing if the file has none of that name.
std::optional<std::string> attribute_of(int file, const char* attribute, const std::string& name) {
    std::string value(largest_attribute, '\0');
    const ssize_t size = ::fgetxattr(file, attribute, value.data(), value.size());
    if (size < 0 && is_absent(errno)) return std::nullopt;
    if (size < 0)
        throw system_error("cannot read the attribute " + std::string(attribute) + " of '" + name + "'");
    value.resize(static_cast<std::size_t>(size));
    return value;
}

/// The access control list comes first: a list without entries of its own in the system's answer can be one
/// that the new file has from its directory.
std::vector<std::string> attributes_of(int file, const std::string& name) {
    std::string list(largest_attribute, '\0');
    const ssize_t size = ::flistxattr(file, list.data(), list.size());
    if (size < 0 && !is_absent(errno)) throw system_error("cannot list the attributes of '" + name + "'");
    std::vector<std::string> names{access_list};
    for (std::string_view rest(list.data(), size < 0 ? 0 : static_cast<std::size_t>(size)); !rest.empty();) {
        const std::string_view one = rest.substr(0, rest.find('\0'));
        if (one != access_list && !is_of_content(one)) names.emplace_back(one);
        rest.remove_prefix(std::min(one.size() + 1, rest.size()));
    }
    return names;
}

void copy_attribute(int from, int to, const char* attribute, const std::string& name) {
    const auto wanted = attribute_of(from, attribute, name);
    if (wanted == attribute_of(to, attribute, name)) return;
    const int result = wanted ? ::fsetxattr(to, attribute, wanted->data(), wanted->size(), 0)
                              : ::fremovexattr(to, attribute);
    if (result != 0)
        throw system_error("cannot give the new file the attribute " + std::string(attribute) + " of '" +
                           name + "'");
}

}  // namespace

// The mode comes last: with an access control list its group bits are that list's mask, without one they are
// what the group may do.
void copy_attributes(int from, int to, const struct stat& status, bool owner_too, const std::string& name) {
    if (owner_too && uninterrupted([&] { return ::fchown(to, status.st_uid, status.st_gid); }) != 0)
        throw system_error("cannot give the new file the owner of '" + name + "'");
    for (const std::string& attribute : attributes_of(from, name))
        copy_attribute(from, to, attribute.c_str(), name);
    if (uninterrupted([&] { return ::fchmod(to, status.st_mode & 07777); }) != 0)
        throw system_error("cannot set the mode of the new file for '" + name + "'");
}

}  // namespace pgfilter
