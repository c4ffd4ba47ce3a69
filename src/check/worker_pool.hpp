// SPDX-License-Identifier: PostgreSQL
// Threads that work on tasks in the order in which they are given.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace pgfilter {

class WorkerPool {
public:
    /// Gets the number of the thread it runs in, from 0.
    using Task = std::function<void(std::size_t worker)>;

    explicit WorkerPool(std::size_t threads);
    /// Waits for the tasks that have been given.
    ~WorkerPool();
    WorkerPool(const WorkerPool&) = delete;
    WorkerPool& operator=(const WorkerPool&) = delete;

    /// Waits until few are left to begin.  Once a task has thrown, the others are given up, and this throws
    /// the same.
    void give(Task task);

    /// Waits for all tasks.  Throws what the first of them threw that failed.
    void finish();

private:
    void work(std::size_t worker);
    void run(Task& task, std::size_t worker);
    void join();

    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Task> tasks_;
    bool finished_ = false;
    std::exception_ptr failure_;
    std::vector<std::thread> threads_;
};

}  // namespace pgfilter
