#ifndef TRUNKLINE_QUICK_READING_H
#define TRUNKLINE_QUICK_READING_H

#include <string_view>

#include "phone_numbers.h"

namespace trunkline {

/// Reads a text of digits and the usual marks between them by libphonenumber's metadata, the way libphonenumber does it.
///
/// False: it is another kind of text (an extension, letters, a country whose rules need more than digits), libphonenumber has to be asked;
/// `result` is untouched then.
bool readQuickly(std::string_view text, std::string_view region, phone_number &result);

}  // namespace trunkline

#endif
